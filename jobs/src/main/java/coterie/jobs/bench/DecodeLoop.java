package coterie.jobs.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What anyone would write first: one thread that gunzips, parses each line with Jackson and decodes
 * its base64, and keeps nothing. No checks, no blocks, nothing stored.
 */
final class DecodeLoop {

  private final ObjectMapper mapper = new ObjectMapper();

  /** Bytes of arrays in all files. */
  long run(List<Path> files) throws IOException {
    long bytes = 0;
    for (var file : files) {
      try (var in = new GZIPInputStream(Files.newInputStream(file), 1 << 16);
          var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          for (var choice : mapper.readTree(line).path("choices")) {
            var encoded = choice.path("routed_experts").textValue();
            bytes += Base64.getDecoder().decode(encoded).length;
          }
        }
      }
    }
    return bytes;
  }
}
