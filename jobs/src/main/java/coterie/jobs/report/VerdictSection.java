package coterie.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.simulate.LayerVerdict;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What each plan costs at each batch size under each router, layer by layer, and the certificate of
 * the same steps.
 *
 * <p>Times are those of the routed experts alone, modelled. The certificate's time is that of a
 * busiest GPU that reads just so many experts: {@code launch + experts x bytes / bandwidth} summed
 * over the layers. The time of any plan is at least that, since it takes the larger of reading and
 * computing and the certificate bounds the expected number of experts read from below.
 */
final class VerdictSection {

  private record Key(String plan, String router, int batch) {}

  private final ModelGeometry model;
  private final String hardware;

  VerdictSection(ModelGeometry model, String hardware) {
    this.model = model;
    this.hardware = hardware;
  }

  /** A list of objects, ordered by router, batch and plan. */
  ArrayNode of(List<LayerVerdict> rows) {
    Map<Key, List<LayerVerdict>> groups = new LinkedHashMap<>();
    rows.stream()
        .sorted(
            Comparator.comparing(LayerVerdict::router)
                .thenComparingInt(LayerVerdict::batch)
                .thenComparing(LayerVerdict::plan)
                .thenComparingInt(LayerVerdict::layer))
        .forEach(
            row ->
                groups
                    .computeIfAbsent(
                        new Key(row.plan(), row.router(), row.batch()),
                        key -> new java.util.ArrayList<>())
                    .add(row));
    var list = Figures.array();
    groups.forEach((key, layers) -> list.add(of(key, layers)));
    return list;
  }

  private ObjectNode of(Key key, List<LayerVerdict> layers) {
    double[] errors = column(layers, LayerVerdict::standardError);
    double[] certificates = column(layers, LayerVerdict::certificate);
    double variance = 0;
    double certificateSeconds = 0;
    for (int i = 0; i < layers.size(); i++) {
      variance += errors[i] * errors[i];
      certificateSeconds += leastSeconds(certificates[i]);
    }
    var verdict = Figures.object();
    verdict.put("plan", key.plan()).put("router", key.router()).put("batch", key.batch());
    verdict.set("layers", Figures.of(layers.stream().mapToInt(LayerVerdict::layer).toArray()));
    verdict.set("experts", Figures.of(column(layers, LayerVerdict::experts)));
    verdict.set("certificate", Figures.of(certificates));
    verdict.set("standardErrorOfSum", Figures.of(Math.sqrt(variance)));
    verdict.set("imbalance", Figures.of(column(layers, LayerVerdict::imbalance)));
    verdict.set("seconds", Figures.of(sum(column(layers, LayerVerdict::moeSeconds))));
    verdict.set("certificateSeconds", Figures.of(certificateSeconds));
    verdict.put("steps", layers.get(0).steps());
    return verdict;
  }

  /** Seconds of one layer that reads so many experts; NaN if sizes or the hardware are unknown. */
  private double leastSeconds(double experts) {
    var profile = HardwareProfile.H100;
    if (!profile.name().equals(hardware)) {
      return Double.NaN;
    }
    return model
        .size()
        .map(
            size ->
                profile.launchSeconds()
                    + experts
                        * new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight())
                            .bytes()
                        / profile.memoryBytesPerSecond())
        .orElse(Double.NaN);
  }

  private static double[] column(List<LayerVerdict> rows, ToDoubleFunction<LayerVerdict> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private static double sum(double... values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
