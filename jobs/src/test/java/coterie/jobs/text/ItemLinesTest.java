package coterie.jobs.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ItemLinesTest {

  @Test
  void fewItemsStandOnOneLine() {
    assertThat(ItemLines.of("  rows: ", List.of("a 1", "b 2")))
        .isEqualTo("  rows: a 1 \u00b7 b 2\n");
  }

  @Test
  void manyItemsGoOnBelowTheFirst() {
    var lines = ItemLines.of("  rows: ", Collections.nCopies(20, "table 123")).lines().toList();

    assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(lines.get(1)).startsWith("        table 123 \u00b7 ");
    assertThat(String.join("", lines).split("table 123", -1)).hasSize(21);
  }
}
