package coterie.jobs.export;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Cluster;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** A placement file, what the user says about it, and what its fingerprint says. */
public final class PlanImport {

  /** The planner of plans that nobody told us anything about. */
  public static final String UNKNOWN = "unknown";

  /** What the user says; the fingerprint fills gaps, and must not say otherwise. */
  public record Given(
      Optional<PlanFormat> format,
      Optional<String> model,
      Optional<String> revision,
      OptionalInt gpus,
      OptionalInt nodes) {}

  /** A plan, and the twins that were repaired in it. */
  public record Imported(Plan plan, List<ImportedLayers.Twin> repairs) {

    public Imported {
      repairs = List.copyOf(repairs);
    }
  }

  private final String file;
  private final byte[] bytes;
  private final Optional<Plan.Header> origin;
  private final Given given;
  private final PlanFormat format;

  /**
   * Holds a file against its fingerprint.
   *
   * @throws UserError if they contradict each other or what the user says, or the format is unknown
   */
  public PlanImport(String file, byte[] bytes, Optional<Fingerprint> fingerprint, Given given) {
    this.file = file;
    this.bytes = bytes.clone();
    this.origin = fingerprint.map(Fingerprint::header);
    this.given = given;
    fingerprint.filter(print -> !print.fits(bytes)).ifPresent(print -> throwChanged(print));
    var stated = fingerprint.map(print -> PlanFormat.require(print.format()));
    requireAgreement("format", given.format(), stated, PlanFormat::label);
    requireAgreement("model", given.model(), origin.map(Plan.Header::model), name -> name);
    requireAgreement("revision", given.revision(), origin.map(Plan.Header::revision), r -> r);
    requireAgreement(
        "number of GPUs", boxed(given.gpus()), origin.map(o -> o.cluster().gpus()), g -> "" + g);
    this.format = given.format().or(() -> stated).orElseThrow(() -> missing("--format NAME"));
  }

  private void throwChanged(Fingerprint print) {
    throw UserError.data(
        "'%s' has changed since it was exported: its fingerprint has checksum %.12s..."
            .formatted(file, print.sha256()),
        "export plan '%s' again, or remove the fingerprint to import the file as it is"
            .formatted(print.header().name()));
  }

  private <T> void requireAgreement(
      String what, Optional<T> said, Optional<T> stated, Function<T, String> text) {
    if (said.isPresent() && stated.isPresent() && !said.equals(stated)) {
      throw UserError.usage(
          "'%s' was exported for %s %s, not %s"
              .formatted(file, what, text.apply(stated.get()), text.apply(said.get())),
          "leave the option out, or remove the fingerprint if you know better");
    }
  }

  private static Optional<Integer> boxed(OptionalInt value) {
    return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
  }

  private UserError missing(String option) {
    return UserError.usage(
        "'%s' has no fingerprint beside it that says what it is".formatted(file), "give " + option);
  }

  public PlanFormat format() {
    return format;
  }

  /**
   * Name of the model.
   *
   * @throws UserError if neither the user nor the fingerprint says it
   */
  public String model() {
    return given
        .model()
        .or(() -> origin.map(Plan.Header::model))
        .orElseThrow(() -> missing("--model NAME"));
  }

  public Optional<String> revision() {
    return given.revision().or(() -> origin.map(Plan.Header::revision));
  }

  /**
   * The plan.
   *
   * @param name of the plan
   * @param model that the file is held against
   * @param repairTwins true to repair experts that are twice on one GPU, false to refuse them
   * @throws UserError naming the file and what is wrong with it
   */
  public Imported read(String name, ModelGeometry model, boolean repairTwins) {
    PlanFile content;
    var gpus = boxed(given.gpus()).or(() -> origin.map(o -> o.cluster().gpus()));
    try {
      content = format.read(bytes, model, gpus.map(OptionalInt::of).orElse(OptionalInt.empty()));
    } catch (MalformedException wrong) {
      throw UserError.data(
          "'%s' as %s %s".formatted(file, format.label(), wrong.getMessage()),
          "is it of another format or model? coterie export --help lists the formats");
    }
    var known = content.header().or(() -> origin);
    known.ifPresent(header -> requireModel(header, model));
    int nodes = boxed(given.nodes()).or(() -> known.map(o -> o.cluster().nodes())).orElse(1);
    var layers = ImportedLayers.of(file, content, model, nodes, repairTwins);
    var cluster = layers.placements().get(layers.placements().firstKey()).cluster();
    gpus.ifPresent(count -> requireGpus(count, cluster));
    var header = header(name, model, cluster, known);
    return new Imported(new Plan(header, layers.placements()), layers.repairs());
  }

  private void requireModel(Plan.Header header, ModelGeometry model) {
    if (!header.model().equals(model.name()) || !header.revision().equals(model.revision())) {
      throw UserError.data(
          "'%s' is for model %s (%s), not %s (%s)"
              .formatted(file, header.model(), header.revision(), model.name(), model.revision()),
          "give --model %s --revision %s".formatted(header.model(), header.revision()));
    }
  }

  private void requireGpus(int count, Cluster cluster) {
    if (cluster.gpus() != count) {
      throw UserError.usage(
          "'%s' is for %d GPUs, not %d".formatted(file, cluster.gpus(), count),
          "leave --gpus out: the format says it");
    }
  }

  private static Plan.Header header(
      String name, ModelGeometry model, Cluster cluster, Optional<Plan.Header> known) {
    return new Plan.Header(
        name,
        model.name(),
        model.revision(),
        known.map(Plan.Header::datasets).orElse(List.of()),
        known.map(Plan.Header::phase).orElse(UNKNOWN),
        cluster,
        known.map(Plan.Header::batches).orElse(List.of()),
        known.map(Plan.Header::planner).orElse(UNKNOWN),
        known.map(Plan.Header::router).orElse(UNKNOWN),
        known.map(Plan.Header::seed).orElse(0L),
        known.map(Plan.Header::stepsPerBatch).orElse(0),
        known.map(Plan.Header::proposals).orElse(0L),
        known.map(Plan.Header::goal).orElse(UNKNOWN));
  }
}
