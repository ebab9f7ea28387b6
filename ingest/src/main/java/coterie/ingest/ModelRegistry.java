package coterie.ingest;

import coterie.ingest.error.UserError;
import coterie.ingest.model.ModelFile;
import coterie.ingest.model.ModelPresets;
import coterie.ingest.read.StatedShape;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Finds the shape of the model that traces are held against. */
final class ModelRegistry {

  /** A shape and where it comes from. */
  record Resolved(ModelGeometry model, String origin, boolean inLake) {}

  private final SparkSession spark;
  private final Configuration hadoop;

  ModelRegistry(SparkSession spark, Configuration hadoop) {
    this.spark = spark;
    this.hadoop = hadoop;
  }

  /**
   * The model of a request: its model file, else the preset, else what the lake holds under the
   * name, else what the traces state.
   *
   * @throws UserError if there is none, or the lake holds another shape under the same name
   */
  Resolved resolve(IngestRequest request, List<SourceFile> sources) {
    var stored = stored(request.model(), request.revision());
    var found = request.modelFile().map(path -> fromFile(path, request));
    if (found.isEmpty()) {
      found = preset(request);
    }
    if (found.isPresent() && stored.isPresent()) {
      requireEqual(found.get().model(), stored.get());
    }
    return found
        .map(f -> new Resolved(f.model(), f.origin(), stored.isPresent()))
        .or(() -> stored.map(model -> new Resolved(model, "known from an earlier ingest", true)))
        .or(() -> stated(request, sources))
        .orElseThrow(() -> unknown(request.model()));
  }

  private Optional<ModelGeometry> stored(String name, String revision) {
    return spark
        .table(ModelTable.TABLE.fullName())
        .where(
            functions.col("model").equalTo(name).and(functions.col("revision").equalTo(revision)))
        .collectAsList()
        .stream()
        .findFirst()
        .map(ModelTable::fromRow);
  }

  private Resolved fromFile(String file, IngestRequest request) {
    var path = new Path(file);
    try (var in = path.getFileSystem(hadoop).open(path)) {
      var json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var model = ModelFile.parse(file, json, request.model(), request.revision());
      return new Resolved(model, "from " + file, false);
    } catch (IOException unreadable) {
      throw UserError.data(
          "cannot read model file '%s': %s".formatted(file, unreadable.getMessage()),
          "--model-file takes a JSON file with the model's shape");
    }
  }

  private static Optional<Resolved> preset(IngestRequest request) {
    boolean unconfirmed = ModelPresets.unconfirmed(request.model());
    return ModelPresets.find(request.model())
        .map(preset -> preset.named(request.model(), request.revision()))
        .map(
            model ->
                new Resolved(
                    model,
                    unconfirmed
                        ? "built in, not confirmed: layers and top-k held against the trace"
                        : "built in",
                    false));
  }

  private static Optional<Resolved> stated(IngestRequest request, List<SourceFile> sources) {
    for (var source : sources) {
      if (source.stated().complete()) {
        return Optional.of(
            new Resolved(
                geometry(request, source),
                "stated by " + SourceFile.display(source.path()),
                false));
      }
    }
    return Optional.empty();
  }

  private static ModelGeometry geometry(IngestRequest request, SourceFile source) {
    StatedShape stated = source.stated();
    var layers = stated.moeLayers();
    try {
      return new ModelGeometry(
          request.model(),
          request.revision(),
          layers.get(layers.size() - 1) + 1,
          layers,
          stated.experts(),
          stated.topK(),
          0,
          null,
          1);
    } catch (IllegalArgumentException impossible) {
      throw UserError.data(
          "%s states a model that cannot be: %s"
              .formatted(SourceFile.display(source.path()), impossible.getMessage()),
          "arrays layer_ids, num_experts and top_k must describe the model");
    }
  }

  private static void requireEqual(ModelGeometry given, ModelGeometry stored) {
    if (!Objects.equals(given, stored)) {
      throw UserError.data(
          "model %s (revision %s) is in the lake with another shape: %s"
              .formatted(given.name(), given.revision(), stored),
          "give this one another --model or --revision: " + given);
    }
  }

  private static UserError unknown(String name) {
    return UserError.usage(
        "unknown model '%s', and the traces do not state its shape".formatted(name),
        "give --model-file FILE, or one of: " + String.join(", ", ModelPresets.names()));
  }
}
