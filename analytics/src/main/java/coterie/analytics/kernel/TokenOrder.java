package coterie.analytics.kernel;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.spark.sql.Row;

/**
 * The place of a block in the order of its leaf's tokens; the package {@code table} defines the
 * order.
 *
 * <p>The tokens of a block follow each other in that order, because they share all but the position
 * and no two blocks of a request overlap.
 */
public record TokenOrder(
    Instant arrival, Long step, String requestId, Integer rank, long sourceId, int firstPosition)
    implements Comparable<TokenOrder>, Serializable {

  private static final Comparator<TokenOrder> ORDER =
      Comparator.comparing(TokenOrder::arrival, nullsFirst())
          .thenComparing(TokenOrder::step, nullsFirst())
          .thenComparing(TokenOrder::requestId, Comparator.nullsFirst(TokenOrder::byBytes))
          .thenComparing(TokenOrder::rank, nullsFirst())
          .thenComparingLong(TokenOrder::sourceId)
          .thenComparingInt(TokenOrder::firstPosition);

  static TokenOrder of(Block block) {
    return new TokenOrder(
        block.arrival(),
        block.step(),
        block.requestId(),
        block.rank(),
        block.sourceId(),
        block.firstPosition());
  }

  static TokenOrder of(Row row) {
    return new TokenOrder(
        row.getAs("arrival"),
        row.getAs("step"),
        row.getAs("request_id"),
        row.getAs("rank"),
        row.<Long>getAs("source_id"),
        row.<Integer>getAs("first_position"));
  }

  private static <T extends Comparable<? super T>> Comparator<T> nullsFirst() {
    return Comparator.nullsFirst(Comparator.naturalOrder());
  }

  /** As Spark compares: Java's own order differs from that of the bytes above U+FFFF. */
  private static int byBytes(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int compareTo(TokenOrder other) {
    return ORDER.compare(this, other);
  }
}
