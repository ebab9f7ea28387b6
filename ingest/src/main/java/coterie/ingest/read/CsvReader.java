package coterie.ingest.read;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import coterie.ingest.container.LineReader;
import coterie.ingest.container.MalformedException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Rows of one token in one layer as CSV with a header line, for sources that have no format of
 * their own:
 *
 * <pre>
 *   request,token,layer,experts,weights,phase
 *   r,0,3,5 1,0.7 0.3,decode
 * </pre>
 *
 * <p>Columns are named as the fields of {@link JsonRowsReader}, in any order; others are passed
 * over. The numbers of a list are separated by spaces, semicolons or bars, in a quoted field also
 * by commas, with or without brackets; or they stand in columns {@code expert_0}, {@code expert_1},
 * ... and {@code weight_0}, ... A row is a line: quoted line ends are not read, so that one open
 * quote does not swallow the file. Everything else is as with {@link JsonRowsReader}.
 */
final class CsvReader extends LineRecords {

  private static final int MAX_COLUMNS = 4096;

  private final ReadContext context;
  private final RequestRows requests;
  private final CsvParser parser = parser();
  private CsvColumns columns;
  private boolean headerBroken;

  CsvReader(InputStream in, ReadContext context) {
    this(new LineReader(in), new RequestRows(context), context);
  }

  CsvReader(LineReader lines, RequestRows requests, ReadContext context) {
    super(lines);
    this.context = context;
    this.requests = requests;
  }

  private static CsvParser parser() {
    var settings = new CsvParserSettings();
    settings.setMaxColumns(MAX_COLUMNS);
    // Lines are bounded already.
    settings.setMaxCharsPerColumn(-1);
    settings.setCommentProcessingEnabled(false);
    settings.setLineSeparatorDetectionEnabled(false);
    return new CsvParser(settings);
  }

  /** True if a line is the header of such a file. */
  static boolean isHeader(byte[] line) {
    try {
      return CsvColumns.of(cells(parser(), line)).isPresent();
    } catch (MalformedException notCsv) {
      return false;
    }
  }

  private static String[] cells(CsvParser parser, byte[] line) throws MalformedException {
    try {
      var cells = parser.parseLine(new String(line, StandardCharsets.UTF_8));
      return cells == null ? new String[0] : cells;
    } catch (TextParsingException malformed) {
      throw new MalformedException("no CSV row of at most %d columns".formatted(MAX_COLUMNS));
    }
  }

  @Override
  void readLine(byte[] line) throws MalformedException {
    if (headerBroken) {
      // Reported once, with the header; without it no row means anything.
      return;
    }
    var cells = cells(parser, line);
    if (columns == null) {
      columns = CsvColumns.of(cells).orElse(null);
      headerBroken = columns == null;
      MalformedException.unless(
          !headerBroken,
          "no header with request, token, layer and experts: no row of the file can be read");
      return;
    }
    var request = columns.text(cells, RowFields.REQUEST);
    MalformedException.unless(request.isPresent(), "no request");
    requests
        .turnTo(request.get(), columns.text(cells, context.workloadField()), number())
        .ifPresent(this::accept);
    try {
      row(cells).ifPresent(requests::add);
    } catch (RejectedException rejected) {
      reject(rejected.reason(), rejected.getMessage());
    }
  }

  private Optional<RoutingRow> row(String[] cells) throws MalformedException, RejectedException {
    var phase = columns.text(cells, RowFields.PHASE);
    return RoutingRow.of(
        context.model(),
        columns.integer(cells, RowFields.TOKEN),
        columns.integer(cells, RowFields.LAYER),
        phase.isPresent() ? RoutingRow.phase(phase.get()) : null,
        columns.experts(cells),
        columns.weights(cells));
  }

  @Override
  void finish() {
    requests.finish().ifPresent(this::accept);
  }
}
