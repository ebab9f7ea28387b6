package coterie.jobs.plan;

import java.io.Serializable;

/**
 * What a layer's placement costs at one batch size on the data that it was made from.
 *
 * @param experts expected distinct expert copies on the busiest GPU under the rule planned for
 * @param certificate a bound that no placement can beat
 */
public record LayerCost(int batch, double experts, double certificate) implements Serializable {}
