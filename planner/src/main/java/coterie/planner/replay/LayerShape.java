package coterie.planner.replay;

import coterie.planner.profile.ExpertShape;

/**
 * One MoE layer.
 *
 * @param expert size of an expert, shared ones too
 * @param experts routed experts
 * @param sharedExperts that every token activates besides
 */
public record LayerShape(ExpertShape expert, int experts, int sharedExperts) {

  public LayerShape {
    if (experts < 1 || sharedExperts < 0) {
      throw new IllegalArgumentException(
          "%d experts and %d shared: cannot be".formatted(experts, sharedExperts));
    }
  }
}
