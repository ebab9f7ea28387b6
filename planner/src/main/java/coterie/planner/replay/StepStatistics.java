package coterie.planner.replay;

/**
 * What a placement's steps cost, summed up.
 *
 * @param meanExperts expected distinct expert copies on the busiest GPU
 * @param standardErrorExperts its standard error; 0 if the steps are all there are
 * @param meanSeconds expected time of the routed experts of the layer
 * @param steps steps priced
 */
public record StepStatistics(
    double meanExperts, double standardErrorExperts, double meanSeconds, long steps) {}
