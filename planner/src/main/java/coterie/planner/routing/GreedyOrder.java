package coterie.planner.routing;

/** In which order a {@link GreedyRouter} sends experts away. */
enum GreedyOrder {
  /** By expert id, as experts come. */
  ID,
  /** Those with fewest replicas first, who have least choice; then by id. */
  FEWEST_COPIES
}
