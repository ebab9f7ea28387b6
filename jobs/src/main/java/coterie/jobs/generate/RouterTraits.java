package coterie.jobs.generate;

/**
 * How a made-up model routes and is asked, apart from its shape.
 *
 * @param popularitySpread standard deviation of the logarithm of an expert's popularity
 * @param coterieBonus what belonging to the coterie of a token adds to that logarithm
 * @param topicConcentration how strongly a topic prefers some coteries; 0 if not at all
 * @param stay probability that a token has the coterie of the token before it, in each layer
 * @param stock probability that a token calls one of the {@link #STOCK_SETS} sets that its coterie
 *     has in store, in each layer, and not one of its own
 * @param topics that requests can have
 * @param topicDrift standard deviation of the logarithm of a topic's share of a day
 * @param lengthMedian tokens of a completion
 * @param lengthSpread standard deviation of the logarithm of that length
 * @param lengthMost longest completion; longer ones are cut
 */
public record RouterTraits(
    double popularitySpread,
    double coterieBonus,
    double topicConcentration,
    double stay,
    double stock,
    int topics,
    double topicDrift,
    double lengthMedian,
    double lengthSpread,
    int lengthMost) {

  /**
   * Fitted by random search, the drift of topics by hand, to decode tokens of gpt-oss-20b on two
   * data sets of MMLU; {@code coterie bench generator} shows how well.
   */
  public static final RouterTraits FITTED =
      new RouterTraits(1.06, 2.97, 1.18, 0.9, 0.66, 64, 1.6, 250, 1.0, 511);

  /** Sets that a coterie has in store; frequent tokens of a real model call the same ones again. */
  static final int STOCK_SETS = 16;

  public RouterTraits {
    if (stock < 0 || stock > 1) {
      throw new IllegalArgumentException("traits that cannot be: " + this);
    }
    if (popularitySpread < 0 || topicConcentration < 0 || stay < 0 || stay >= 1 || topics < 1) {
      throw new IllegalArgumentException("traits that cannot be: " + this);
    }
    if (lengthMedian < 1 || lengthMost < 2) {
      throw new IllegalArgumentException("lengths that cannot be: " + this);
    }
  }
}
