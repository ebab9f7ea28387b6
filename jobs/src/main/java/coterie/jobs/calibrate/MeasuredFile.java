package coterie.jobs.calibrate;

import coterie.ingest.error.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** Reads the published CSV files: a header, commas, no quotes. */
final class MeasuredFile {

  private MeasuredFile() {}

  static List<MeasuredRow> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw UserError.data(
          "no file '%s'".formatted(file),
          "--measured names a folder with the published measurements");
    }
    try {
      return parse(file.getFileName().toString(), Files.readAllLines(file));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static List<MeasuredRow> parse(String name, List<String> lines) {
    if (lines.isEmpty()) {
      throw UserError.data(
          "'%s' is empty".formatted(name), "a header and a line for each measurement belong there");
    }
    var header = lines.get(0).split(",", -1);
    var rows = new ArrayList<MeasuredRow>();
    for (int i = 1; i < lines.size(); i++) {
      var cells = lines.get(i).split(",", -1);
      var place = "%s, line %d".formatted(name, i + 1);
      if (cells.length != header.length) {
        throw UserError.data(
            "%s: %d fields, the header has %d".formatted(place, cells.length, header.length),
            "the file is cut short or no CSV of this kind");
      }
      var fields = new HashMap<String, String>();
      for (int c = 0; c < header.length; c++) {
        fields.put(header[c].strip(), cells[c].strip());
      }
      rows.add(new MeasuredRow(place, fields));
    }
    return rows;
  }
}
