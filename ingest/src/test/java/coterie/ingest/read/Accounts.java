package coterie.ingest.read;

import coterie.ingest.block.BlockCutter;
import coterie.ingest.table.ModelGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What becomes of records when they are cut into blocks, for expectations that can be read. */
final class Accounts {

  private Accounts() {}

  /**
   * For example {@code 4 of 5 tokens kept} and {@code missing-layer: record 1 token 3 layer 0: no
   * sound row}.
   */
  static List<String> of(ModelGeometry model, List<TraceRecord> records) {
    var cutter = new BlockCutter(model);
    records.forEach(cutter::cut);
    var report = cutter.report();
    var lines = new ArrayList<String>();
    lines.add("%d of %d tokens kept".formatted(report.tokensKept(), report.tokensRead()));
    Arrays.stream(IssueReason.values())
        .forEach(
            reason ->
                report
                    .samples(reason)
                    .forEach(
                        sample ->
                            lines.add(
                                "%s: record %d token %s layer %s: %s"
                                    .formatted(
                                        reason.label(),
                                        sample.record(),
                                        sample.position(),
                                        sample.layer(),
                                        sample.detail()))));
    return lines;
  }
}
