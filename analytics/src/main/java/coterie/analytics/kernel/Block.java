package coterie.analytics.kernel;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import java.time.Instant;
import java.time.LocalDate;
import org.apache.spark.sql.Row;

/**
 * A row of {@code routing}, with the day on which its source was read.
 *
 * @param weights float16 as the experts lie, a pair of bytes each; null if the source has none
 * @param ingestDay null if the source has no account yet
 */
record Block(
    Leaf leaf,
    String requestId,
    int firstPosition,
    int tokens,
    Long step,
    Integer rank,
    Instant arrival,
    long sourceId,
    PackedExperts experts,
    Float16s weights,
    LocalDate ingestDay) {

  static Block of(Row row, Leaf leaf, ModelGeometry model) {
    int tokens = row.<Integer>getAs("tokens");
    byte[] weights = row.getAs("weights");
    return new Block(
        leaf,
        row.getAs("request_id"),
        row.<Integer>getAs("first_position"),
        tokens,
        row.getAs("step"),
        row.getAs("rank"),
        row.getAs("arrival"),
        row.<Long>getAs("source_id"),
        new PackedExperts(row.getAs("experts"), model.moeLayers().size(), tokens, model.topK()),
        weights == null ? null : new Float16s(weights),
        row.getAs("ingest_day"));
  }
}
