package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A reader of SGLang's placement file that shares nothing with the writer, nor its JSON library.
 */
public final class SglangFile {

  private static final Pattern FILE =
      Pattern.compile("\\{\"physical_to_logical_map\":\\[((?:\\[[0-9,]+],?)+)]}\\n");
  private static final Pattern ROW = Pattern.compile("\\[([0-9,]+)]");

  private SglangFile() {}

  /** {@code [hidden layers][slots]}; fails on any other key, type or character. */
  public static List<int[]> read(String json) {
    var file = FILE.matcher(json);
    assertThat(file.matches()).as("the one key that SGLang allows").isTrue();
    var rows = new ArrayList<int[]>();
    var row = ROW.matcher(file.group(1));
    while (row.find()) {
      rows.add(Arrays.stream(row.group(1).split(",")).mapToInt(Integer::parseInt).toArray());
    }
    return rows;
  }

  /** Every expert is there, none twice on a GPU. */
  public static void requireSound(int[] row, int gpus, int experts) {
    assertThat(row.length % gpus).isZero();
    assertThat(Arrays.stream(row).distinct().sorted())
        .containsExactlyElementsOf(IntStream.range(0, experts).boxed().toList());
    int slots = row.length / gpus;
    for (int gpu = 0; gpu < gpus; gpu++) {
      assertThat(Arrays.stream(row, gpu * slots, (gpu + 1) * slots).distinct().count())
          .isEqualTo(slots);
    }
  }
}
