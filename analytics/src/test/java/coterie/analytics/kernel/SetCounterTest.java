package coterie.analytics.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetCounterTest {

  @Test
  void orderWithinATokenDoesNotMatter() {
    var sets = new SetCounter(32, 4);
    sets.add(new int[] {3, 1, 31, 0}, 4);
    sets.add(new int[] {31, 0, 3, 1}, 4);
    sets.add(new int[] {0, 1, 2, 3}, 4);
    assertThat(contents(sets))
        .containsExactly(Map.entry("[0, 1, 2, 3]", 1L), Map.entry("[0, 1, 3, 31]", 2L));
  }

  /** A token with fewer than k experts is a set of its own: {0} is not {0, 1}, nor nothing. */
  @Test
  void absentExpertsArePartOfTheKey() {
    var sets = new SetCounter(4, 2);
    sets.add(new int[] {0, 9}, 1);
    sets.add(new int[] {0, 1}, 2);
    assertThat(contents(sets)).containsOnlyKeys("[0]", "[0, 1]");
  }

  /** One word and more than one: 8 of 256 need 72 bits, 10 of 512 need 100, 22 of 512 need 220. */
  @ParameterizedTest
  @CsvSource({"32, 4", "255, 8", "256, 8", "512, 10", "512, 22"})
  void equalsAMapOnRandomTokens(int experts, int topK) {
    var random = new Random(topK);
    var sets = new SetCounter(experts, topK);
    var expected = new HashMap<String, Long>();
    for (int i = 0; i < 20_000; i++) {
      // Few different seeds, so that sets recur.
      var set = draw(experts, topK, random.nextInt(5000));
      sets.add(set.clone(), topK);
      Arrays.sort(set);
      expected.merge(Arrays.toString(set), 1L, Long::sum);
    }
    assertThat(contents(sets)).isEqualTo(new TreeMap<>(expected));
    assertThat(sets.size()).isEqualTo(expected.size());
  }

  private static int[] draw(int experts, int topK, int seed) {
    return new Random(seed).ints(0, experts).distinct().limit(topK).toArray();
  }

  private static Map<String, Long> contents(SetCounter sets) {
    var contents = new TreeMap<String, Long>();
    sets.forEach(
        (ids, size, tokens) ->
            contents.put(
                Arrays.toString(IntStream.range(0, size).map(i -> ids[i]).toArray()), tokens));
    return contents;
  }
}
