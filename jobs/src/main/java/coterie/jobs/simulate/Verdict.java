package coterie.jobs.simulate;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A plan's cost at one batch size under one router, the mean over layers.
 *
 * @param standardError of {@code experts}, from those of the layers
 */
public record Verdict(
    String plan,
    int batch,
    String router,
    double experts,
    double standardError,
    double certificate,
    double imbalance,
    double moeSeconds) {

  private record Key(String plan, int batch, String router) {}

  /** Means over layers, in the order in which plans, batches and routers first come. */
  public static List<Verdict> overLayers(List<LayerVerdict> layers) {
    Map<Key, List<LayerVerdict>> groups =
        layers.stream()
            .sorted(Comparator.comparingInt(LayerVerdict::layer))
            .collect(
                Collectors.groupingBy(
                    v -> new Key(v.plan(), v.batch(), v.router()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return groups.entrySet().stream().map(e -> mean(e.getKey(), e.getValue())).toList();
  }

  private static Verdict mean(Key key, List<LayerVerdict> layers) {
    double n = layers.size();
    double experts = 0;
    double variance = 0;
    double certificate = 0;
    double imbalance = 0;
    double seconds = 0;
    for (var layer : layers) {
      experts += layer.experts() / n;
      variance += layer.standardError() * layer.standardError() / (n * n);
      certificate += layer.certificate() / n;
      imbalance += layer.imbalance() / n;
      seconds += layer.moeSeconds() / n;
    }
    return new Verdict(
        key.plan(),
        key.batch(),
        key.router(),
        experts,
        Math.sqrt(variance),
        certificate,
        imbalance,
        seconds);
  }

  /** What is left between the cost and what no placement can beat. */
  public double excess() {
    return experts - certificate;
  }
}
