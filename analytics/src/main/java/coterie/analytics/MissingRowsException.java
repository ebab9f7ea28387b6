package coterie.analytics;

/** A data set has no rows in {@code activation}, or not those of all of its tokens. */
public final class MissingRowsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String dataset;

  MissingRowsException(String dataset, long rows, long tokens) {
    super(
        "data set '%s' has %,d tokens in table routing and %,d in activation"
            .formatted(dataset, tokens, rows));
    this.dataset = dataset;
  }

  public String dataset() {
    return dataset;
  }
}
