package coterie.analytics.kernel;

import java.io.Serializable;

/**
 * What the counts of all partitions are merged by.
 *
 * @param layer MoE layers of the model, from 0
 */
public record LeafLayer(Leaf leaf, int layer) implements Serializable {}
