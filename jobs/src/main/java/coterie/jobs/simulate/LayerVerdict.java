package coterie.jobs.simulate;

import java.io.Serializable;

/**
 * What one plan costs in one layer at one batch size under one router.
 *
 * @param experts expected distinct expert copies on the busiest GPU
 * @param standardError of {@code experts}
 * @param certificate no placement is below
 * @param imbalance tokens of the busiest GPU over the mean, by even split over replicas
 * @param moeSeconds modelled time of the routed experts; NaN if their size is unknown
 * @param steps steps priced
 */
public record LayerVerdict(
    String plan,
    int layer,
    int batch,
    String router,
    double experts,
    double standardError,
    double certificate,
    double imbalance,
    double moeSeconds,
    long steps)
    implements Serializable {}
