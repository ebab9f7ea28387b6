package coterie.jobs.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * SGLang's placement file: {@code {"physical_to_logical_map": [[expert of slot] x hidden layers]}}.
 *
 * <p>sgl-project/sglang @ 8905cbd4, {@code srt/eplb/expert_location.py}. Exactly this one key: any
 * other is a TypeError at load. One row for every hidden layer; rows of dense layers are never used
 * but must name every expert, so slot i holds {@code i mod experts} there.
 */
final class SglangPlan {

  private SglangPlan() {}

  static byte[] json(Plan plan, ModelGeometry model) {
    var rows = new int[model.hiddenLayers()][];
    for (int layer = 0; layer < rows.length; layer++) {
      rows[layer] =
          Optional.ofNullable(plan.layers().get(layer))
              .map(placement -> placement.toArray())
              .orElseGet(() -> dense(plan.header().cluster().slots(), model.experts()));
    }
    try {
      var json = new ObjectMapper().writeValueAsString(Map.of("physical_to_logical_map", rows));
      return (json + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static int[] dense(int slots, int experts) {
    return IntStream.range(0, slots).map(slot -> slot % experts).toArray();
  }
}
