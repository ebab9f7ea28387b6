package coterie.planner.objective;

/** Walks the residual graph when asked, for more GPUs than a table of all pairs is worth. */
final class WalkedReachers implements Reachers {

  private final StepRoutes routes;

  WalkedReachers(StepRoutes routes) {
    this.routes = routes;
  }

  @Override
  public void update(int step, StepRoutes updated) {
    // Nothing is kept.
  }

  @Override
  public boolean any(int step, long from, int gpu) {
    var mix = routes.mix();
    long found = from;
    long before;
    do {
      if ((found >>> gpu & 1) != 0) {
        return true;
      }
      before = found;
      for (int entry = mix.firstEntry(step); entry < mix.firstEntry(step + 1); entry++) {
        if ((found >>> routes.gpuOf(entry) & 1) != 0) {
          found |= routes.hosts(mix.expert(entry));
        }
      }
    } while (found != before);
    return false;
  }
}
