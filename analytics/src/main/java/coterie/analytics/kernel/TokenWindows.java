package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * The token windows of a leaf, as the places in the order of its blocks where windows begin: so few
 * that every task can have them, whatever the leaf holds.
 */
public final class TokenWindows implements Serializable {

  private static final long serialVersionUID = 1;

  /** A leaf that is one window. */
  public static final TokenWindows ONE = new TokenWindows(List.of());

  /**
   * Where a window begins.
   *
   * @param at the block that holds its first token
   * @param offset of that token in the block
   * @param window that begins there, above 0
   */
  public record Start(TokenOrder at, int offset, int window)
      implements Serializable, Comparable<Start> {

    /** The start of a window in a row that has the columns of the order. */
    public static Start of(Row row) {
      return new Start(
          TokenOrder.of(row), row.<Integer>getAs("offset"), row.<Integer>getAs("window"));
    }

    @Override
    public int compareTo(Start other) {
      return Integer.compare(window, other.window);
    }
  }

  /** Receives tokens {@code [from, to)} of a block, all of one window. */
  interface Visitor {
    void part(int window, int from, int to);
  }

  private final List<Start> starts;

  /** Windows that begin as given; window 0 begins with the leaf. */
  public TokenWindows(List<Start> starts) {
    var sorted = new ArrayList<>(starts);
    sorted.sort(null);
    this.starts = List.copyOf(sorted);
  }

  /** Tokens of a window: the wanted size, or its least multiple that makes few enough windows. */
  public static long size(long wanted, long leafTokens, int maxWindows) {
    return wanted * Math.max(1, ceilDiv(leafTokens, maxWindows * wanted));
  }

  private static long ceilDiv(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  /** Cuts a block at the starts of windows. */
  void split(Block block, Visitor visitor) {
    if (starts.isEmpty()) {
      visitor.part(0, 0, block.tokens());
      return;
    }
    var place = TokenOrder.of(block);
    int next = firstAtOrAfter(place);
    int from = 0;
    for (; next < starts.size() && starts.get(next).at().compareTo(place) == 0; next++) {
      var start = starts.get(next);
      if (start.offset() > from) {
        visitor.part(start.window() - 1, from, start.offset());
      }
      from = start.offset();
    }
    visitor.part(next == 0 ? 0 : starts.get(next - 1).window(), from, block.tokens());
  }

  private int firstAtOrAfter(TokenOrder place) {
    int low = 0;
    int high = starts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts.get(middle).at().compareTo(place) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
