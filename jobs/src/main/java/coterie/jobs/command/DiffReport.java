package coterie.jobs.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.PlanDiff;
import coterie.jobs.text.TextTable;
import coterie.planner.model.PlacementDiff;
import coterie.planner.profile.ExpertShape;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The difference of two plans for people and for programs. */
final class DiffReport {

  private static final double BYTES_PER_MEGABYTE = 1e6;

  private final PlanDiff diff;
  private final OptionalDouble expertBytes;

  /**
   * A report.
   *
   * @param expertBytes bytes of one expert of one layer, empty if unknown
   */
  DiffReport(PlanDiff diff, OptionalDouble expertBytes) {
    this.diff = diff;
    this.expertBytes = expertBytes;
  }

  static OptionalDouble expertBytes(ModelGeometry model) {
    return model
        .size()
        .map(
            size ->
                OptionalDouble.of(
                    new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight())
                        .bytes()))
        .orElse(OptionalDouble.empty());
  }

  String text() {
    var text = new StringBuilder();
    text.append(
        "diff '%s' to '%s':%n  %,d of %,d slots moved (%.1f %%), %s MB; replicas +%,d -%,d%n%n"
            .formatted(
                diff.from(),
                diff.to(),
                diff.moved(),
                diff.slots(),
                100.0 * diff.moved() / diff.slots(),
                megabytes(diff.moved()),
                diff.replicasGained(),
                diff.replicasLost()));
    text.append(layers().render()).append('\n').append(gpus().render());
    if (expertBytes.isEmpty()) {
      text.append("  the model's expert size is not known, so bytes are not\n");
    }
    return text.toString();
  }

  private TextTable layers() {
    var table =
        new TextTable(
            "layer", "slots moved", "MB", "replicas gained", "replicas lost", "most on a GPU");
    diff.layers()
        .forEach(
            (layer, moves) ->
                table.row(
                    layer.toString(),
                    "%,d".formatted(moves.moved()),
                    megabytes(moves.moved()),
                    "%,d".formatted(moves.replicasGained()),
                    "%,d".formatted(moves.replicasLost()),
                    "%,d".formatted(movedTo(moves).max().orElse(0))));
    return table;
  }

  private TextTable gpus() {
    var table = new TextTable("GPU", "slots moved", "MB");
    for (int gpu = 0; gpu < diff.gpus(); gpu++) {
      table.row("" + gpu, "%,d".formatted(diff.moved(gpu)), megabytes(diff.moved(gpu)));
    }
    return table;
  }

  private IntStream movedTo(PlacementDiff moves) {
    return IntStream.range(0, diff.gpus()).map(moves::moved);
  }

  private String megabytes(int slots) {
    return expertBytes.isPresent()
        ? "%,.1f".formatted(slots * expertBytes.getAsDouble() / BYTES_PER_MEGABYTE)
        : "-";
  }

  String json() {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("from", diff.from()).put("to", diff.to());
    root.put("slots", diff.slots());
    put(root, diff.moved(), diff.replicasGained(), diff.replicasLost());
    var gpus = root.putArray("slots_moved_to_gpu");
    IntStream.range(0, diff.gpus()).map(diff::moved).forEach(gpus::add);
    var layers = root.putArray("layers");
    diff.layers()
        .forEach(
            (layer, moves) -> {
              var object = layers.addObject().put("layer", layer);
              put(object, moves.moved(), moves.replicasGained(), moves.replicasLost());
              var to = object.putArray("slots_moved_to_gpu");
              movedTo(moves).forEach(to::add);
            });
    try {
      return new ObjectMapper().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void put(ObjectNode object, int moved, int gained, int lost) {
    object.put("slots_moved", moved);
    if (expertBytes.isPresent()) {
      object.put("bytes_moved", Math.round(moved * expertBytes.getAsDouble()));
    } else {
      object.putNull("bytes_moved");
    }
    object.put("replicas_gained", gained).put("replicas_lost", lost);
  }
}
