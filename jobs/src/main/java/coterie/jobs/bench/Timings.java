package coterie.jobs.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Seconds of some rounds of one piece of work and the most heap that it used.
 *
 * @param answer of the last round: every way must come to the same
 * @param peakBytes sum over the heap's pools of each one's peak, beyond what was live before, in the
 *     round that had most
 */
record Timings(List<Double> seconds, Object answer, long peakBytes) {

  Timings {
    seconds = List.copyOf(seconds);
  }

  /** Runs the work in rounds, after {@code warm} that are not counted. */
  static Timings of(int warm, int rounds, Callable<?> work) {
    try {
      Object answer = null;
      for (int round = 0; round < warm; round++) {
        answer = work.call();
      }
      var seconds = new ArrayList<Double>();
      long peak = 0;
      for (int round = 0; round < rounds; round++) {
        // What earlier rounds left behind is not this one's.
        System.gc();
        long before = heap().stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
        heap().forEach(MemoryPoolMXBean::resetPeakUsage);
        long start = System.nanoTime();
        answer = work.call();
        seconds.add((System.nanoTime() - start) / 1e9);
        long used = heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        peak = Math.max(peak, used - before);
      }
      return new Timings(seconds, answer, peak);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  double median() {
    return StatUtils.percentile(seconds.stream().mapToDouble(Double::doubleValue).toArray(), 50);
  }
}
