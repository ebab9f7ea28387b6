package coterie.planner.profile;

/**
 * What the MoE kernel of one GPU has to do in one layer of one step.
 *
 * @param copies distinct expert copies with at least one row
 * @param rows pairs of a token and an expert
 * @param paddedRows the same with the rows of each copy rounded up to whole tiles
 * @param scannedTokens tokens whose routes the kernel walks through to find its rows
 */
public record MoeWork(int copies, long rows, long paddedRows, long scannedTokens) {

  /** Rows of one copy rounded up to whole tiles. */
  public static long padded(long rows, int tileRows) {
    return (rows + tileRows - 1) / tileRows * tileRows;
  }
}
