package coterie.jobs.plan;

import coterie.planner.model.Placement;
import java.io.Serializable;
import java.util.List;

/** A layer as it comes back from its task. */
public final class PlannedLayer implements Serializable {

  private static final long serialVersionUID = 1;

  private final int layer;
  private final Placement placement;
  private final List<LayerCost> costs;
  private final double imbalance;

  PlannedLayer(int layer, Placement placement, List<LayerCost> costs, double imbalance) {
    this.layer = layer;
    this.placement = placement;
    this.costs = costs;
    this.imbalance = imbalance;
  }

  /** A layer that came from elsewhere: neither costs nor loads are known. */
  static PlannedLayer unpriced(int layer, Placement placement) {
    return new PlannedLayer(layer, placement, List.of(), Double.NaN);
  }

  /** The same costs with its GPUs renamed. */
  PlannedLayer withPlacement(Placement renamed) {
    return new PlannedLayer(layer, renamed, costs, imbalance);
  }

  /** Hidden-layer id. */
  public int layer() {
    return layer;
  }

  /** The layer on the cluster that it was planned for. */
  public Placement placement() {
    return placement;
  }

  public List<LayerCost> costs() {
    return costs;
  }

  /** Tokens of the busiest GPU over the mean, by even split over replicas; NaN if not known. */
  public double imbalance() {
    return imbalance;
  }
}
