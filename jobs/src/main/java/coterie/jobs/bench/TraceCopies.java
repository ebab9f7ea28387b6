package coterie.jobs.bench;

import coterie.ingest.container.LineReader;
import coterie.ingest.error.UserError;
import coterie.ingest.read.TraceInput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * As many response lines as a benchmark wants, made from recorded ones: copies in gzipped files,
 * whose request ids say which copy they are of, so that no request comes twice.
 */
final class TraceCopies {

  private static final long FILE_BYTES = 64L << 20;
  private static final byte[] ID = "\"id\": \"".getBytes(StandardCharsets.UTF_8);

  private final List<byte[]> lines = new ArrayList<>();
  private long linesBytes;

  /** Reads recorded lines into memory. */
  TraceCopies(Path recorded) throws IOException {
    try (var in = TraceInput.decompress(Files.newInputStream(recorded))) {
      var reader = new LineReader(in);
      for (byte[] line = reader.next(); line != null; line = reader.next()) {
        lines.add(line);
        linesBytes += line.length + 1;
      }
    }
    if (lines.isEmpty() || idAt(lines.get(0)) < 0) {
      throw UserError.data(
          "'%s' holds no response lines with an id".formatted(recorded),
          "give recorded responses of vLLM, one a line");
    }
  }

  /**
   * Writes files of about 64 MiB of lines each.
   *
   * @param bytes of lines, before compression; whole copies are written, so it may be more
   * @return bytes of lines written
   */
  long write(Path folder, long bytes) throws IOException {
    Files.createDirectories(folder);
    long written = 0;
    for (int copy = 0; written < bytes; ) {
      var file = folder.resolve("part-%05d.jsonl.gz".formatted(copy));
      try (var out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
        for (long inFile = 0; inFile < FILE_BYTES && written < bytes; copy++) {
          writeCopy(copy, out);
          inFile += linesBytes;
          written += linesBytes;
        }
      }
    }
    return written;
  }

  private void writeCopy(int copy, OutputStream out) throws IOException {
    var mark = "copy-%d/".formatted(copy).getBytes(StandardCharsets.UTF_8);
    for (byte[] line : lines) {
      int at = idAt(line) + ID.length;
      out.write(line, 0, at);
      out.write(mark);
      out.write(line, at, line.length - at);
      out.write('\n');
    }
  }

  /** Where the first id begins; -1 if there is none. */
  private static int idAt(byte[] line) {
    return new String(line, StandardCharsets.ISO_8859_1)
        .indexOf(new String(ID, StandardCharsets.ISO_8859_1));
  }
}
