package coterie.planner.replay;

import java.io.Serializable;

/** How far each request's first experts are from the centre of each group. */
public final class SignatureDistances implements Serializable {

  private static final long serialVersionUID = 1;

  /** Nothing is known: all requests are as far from every group. */
  public static final SignatureDistances NONE = new SignatureDistances(0, new double[0]);

  private final int groups;
  private final double[] distances;

  /**
   * Takes over distances.
   *
   * @param distances {@code [request * groups + group]}; copied
   */
  public SignatureDistances(int groups, double[] distances) {
    this.groups = groups;
    this.distances = distances.clone();
  }

  /** Distance of a request to a group; 0 if nothing is known. */
  public double of(int request, int group) {
    return groups == 0 ? 0 : distances[request * groups + group];
  }
}
