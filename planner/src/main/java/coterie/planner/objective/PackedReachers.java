package coterie.planner.objective;

/**
 * All pairs, for at most 8 GPUs: one long a step, whose byte g holds the GPUs that reach g.
 *
 * <p>Transitive closure by Warshall ("A theorem on Boolean matrices", JACM 1962), eight rows at
 * once.
 */
final class PackedReachers implements Reachers {

  static final int MAX_GPUS = 8;

  private static final long LOW_BITS = 0x0101_0101_0101_0101L;
  private static final long SELF = 0x8040_2010_0804_0201L;

  /** {@code [set]} byte g is 1 if GPU g is in the set. */
  private static final long[] SPREAD = new long[1 << MAX_GPUS];

  static {
    for (int set = 0; set < SPREAD.length; set++) {
      for (int gpu = 0; gpu < MAX_GPUS; gpu++) {
        SPREAD[set] |= (long) ((set >>> gpu) & 1) << (MAX_GPUS * gpu);
      }
    }
  }

  private final long[] reachers;

  PackedReachers(int steps) {
    reachers = new long[steps];
  }

  @Override
  public void update(int step, StepRoutes routes) {
    long matrix = SELF;
    for (int i = 0; i < routes.choices(); i++) {
      int entry = routes.choice(i);
      int held = (int) routes.hosts(routes.mix().expert(entry));
      matrix |= SPREAD[held] << routes.gpuOf(entry);
    }
    for (int via = 0; via < MAX_GPUS; via++) {
      long toVia = (matrix >>> (MAX_GPUS * via)) & 0xFF;
      matrix |= ((matrix >>> via) & LOW_BITS) * toVia;
    }
    reachers[step] = matrix;
  }

  @Override
  public boolean any(int step, long from, int gpu) {
    return ((reachers[step] >>> (MAX_GPUS * gpu)) & from) != 0;
  }
}
