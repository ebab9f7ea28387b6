package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import coterie.ingest.table.LakeTable;

/**
 * {@code load_window}: the load of each expert in parts of a leaf. Loads of the windows of a kind
 * add up to {@code expert_load} on the basis of tokens; experts that no token of a window called
 * have no row in it.
 *
 * <p>Kind {@link #TOKENS}: the tokens of the leaf, in their order (see the package), cut into
 * windows of W tokens: the token at place i, from 0, is in window {@code i div W}. W is the wanted
 * size w (at least 1,024) or, where that would make more than {@link #MAX_WINDOWS} windows, the
 * smallest multiple of w that does not: {@code W = w x ceil(layer_tokens / (256 w))}.
 *
 * <p>Kind {@link #INGEST_DAY}: the UTC date of {@code source.ingested_at} of the token's source, as
 * days since 1970-01-01 ({@code unix_date}).
 */
public final class LoadWindowTable {

  /** Windows of about as many tokens each. */
  public static final String TOKENS = "tokens";

  /** Windows by the day on which the source was read. */
  public static final String INGEST_DAY = "ingest_day";

  /** Most windows of tokens in a leaf. */
  public static final int MAX_WINDOWS = 256;

  public static final LakeTable TABLE =
      Keys.byDay(
          "load_window",
          Keys.leafAndLayer()
              .add("kind", StringType, false, "tokens or ingest_day")
              .add("window", IntegerType, false, "from 0, or days since 1970-01-01")
              .add("window_tokens", LongType, false, "tokens of the leaf in the window")
              .add("expert", IntegerType, false)
              .add("tokens", LongType, false, "tokens of the window that called it"));

  private LoadWindowTable() {}
}
