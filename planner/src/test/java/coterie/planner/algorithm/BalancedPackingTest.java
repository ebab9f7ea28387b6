package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.model.SeededRandom;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancedPackingTest {

  /** 9 first, to pack 0; then 5 and 5 to pack 1, which is full; 1 to pack 0. */
  @Test
  void heaviestFirstToTheLightestWithRoom() {
    var packing = new BalancedPacking(new double[] {5, 1, 9, 5}, 2);
    assertThat(packing.pack).containsExactly(1, 0, 0, 1);
    assertThat(packing.rank).containsExactly(0, 1, 0, 1);
  }

  /** The order of equal items and of equal packs is part of the published algorithm. */
  @Test
  void equalsTheStepsAsPublishedTiesIncluded() {
    for (int seed = 0; seed < 2000; seed++) {
      var random = new SeededRandom(seed);
      int packs = 1 + random.nextInt(9);
      var weight = new double[packs * (1 + random.nextInt(6))];
      // Few values, so that many tie; thirds, so that sums round.
      int values = 1 + random.nextInt(20);
      for (int i = 0; i < weight.length; i++) {
        weight[i] = random.nextInt(values) / 3.0;
      }
      var packing = new BalancedPacking(weight, packs);
      assertThat(packing.pack).as("seed %s", seed).isEqualTo(published(weight, packs));
    }
  }

  private static int[] published(double[] weight, int packs) {
    int room = weight.length / packs;
    var order =
        room == 1
            ? IntStream.range(0, weight.length).boxed()
            : IntStream.range(0, weight.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer item) -> weight[item]).reversed());
    var pack = new int[weight.length];
    var load = new double[packs];
    var items = new int[packs];
    order.forEach(
        item -> {
          int chosen =
              IntStream.range(0, packs)
                  .filter(p -> items[p] < room)
                  .boxed()
                  .min(Comparator.comparingDouble(p -> load[p]))
                  .orElseThrow();
          pack[item] = chosen;
          load[chosen] += weight[item];
          items[chosen]++;
        });
    return pack;
  }
}
