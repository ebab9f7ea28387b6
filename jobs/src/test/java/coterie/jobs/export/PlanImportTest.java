package coterie.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.planner.model.Cluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanImportTest {

  private static final PlanImport.Given NOTHING =
      given(Optional.empty(), Optional.empty(), OptionalInt.empty());

  private static PlanImport.Given given(
      Optional<PlanFormat> format, Optional<String> model, OptionalInt gpus) {
    return new PlanImport.Given(format, model, Optional.empty(), gpus, OptionalInt.empty());
  }

  /** With its fingerprint every format carries the whole plan, but for omni's order of slots. */
  @ParameterizedTest
  @EnumSource
  void aFileWithItsFingerprintIsThePlan(PlanFormat format) throws MalformedException {
    var bytes = format.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    var print = Fingerprint.of(format, bytes, SmallPlan.PLAN.header());
    var start = format.start(Path.of("f"), SmallPlan.PLAN, SmallPlan.MODEL);
    var parsed = Fingerprint.parse(print.json("f", start));
    assertThat(parsed).isEqualTo(print);
    var source = new PlanImport("f", bytes, Optional.of(parsed), NOTHING);
    assertThat(source.model()).isEqualTo("small");
    var imported = source.read("tonight", SmallPlan.MODEL, false);
    assertThat(imported.repairs()).isEmpty();
    assertThat(imported.plan().header()).isEqualTo(SmallPlan.PLAN.header());
    if (format != PlanFormat.OMNI) {
      assertThat(imported.plan()).isEqualTo(SmallPlan.PLAN);
    }
  }

  @Test
  void aFileOfAnEngineIsAPlanOfUnknownOrigin() {
    var bytes = "[[0, 1, 2, 3, 0, 1], [3, 0, 1, 3, 2, 0]]".getBytes(StandardCharsets.UTF_8);
    var source =
        new PlanImport(
            "f",
            bytes,
            Optional.empty(),
            given(Optional.of(PlanFormat.VLLM_LIST), Optional.of("small"), OptionalInt.of(2)));
    var plan = source.read("current", SmallPlan.MODEL, false).plan();
    assertThat(plan.layers()).isEqualTo(SmallPlan.PLAN.layers());
    assertThat(plan.header().name()).isEqualTo("current");
    assertThat(plan.header().planner()).isEqualTo("unknown");
    assertThat(plan.header().datasets()).isEmpty();
    assertThat(plan.header().cluster()).isEqualTo(new Cluster(2, 3));
  }

  @Test
  void aChangedFileIsRefused() {
    var bytes = PlanFormat.SGLANG.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    var print = Fingerprint.of(PlanFormat.SGLANG, bytes, SmallPlan.PLAN.header());
    bytes[bytes.length - 5] = '1';
    assertThatThrownBy(() -> new PlanImport("f.json", bytes, Optional.of(print), NOTHING))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "'f.json' has changed since it was exported: its fingerprint has checksum ")
        .extracting(error -> ((UserError) error).advice())
        .isEqualTo(
            "export plan 'tonight' again, or remove the fingerprint to import the file as it is");
  }

  @Test
  void whatIsSaidMustNotContradictTheFingerprint() {
    var bytes = PlanFormat.SGLANG.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    var print = Optional.of(Fingerprint.of(PlanFormat.SGLANG, bytes, SmallPlan.PLAN.header()));
    assertThatThrownBy(
            () ->
                new PlanImport(
                    "f",
                    bytes,
                    print,
                    given(Optional.empty(), Optional.of("large"), OptionalInt.empty())))
        .hasMessage("'f' was exported for model small, not large");
    assertThatThrownBy(
            () ->
                new PlanImport(
                    "f",
                    bytes,
                    print,
                    given(Optional.of(PlanFormat.OMNI), Optional.empty(), OptionalInt.empty())))
        .hasMessage("'f' was exported for format sglang, not omni");
    assertThatThrownBy(
            () ->
                new PlanImport(
                    "f",
                    bytes,
                    print,
                    given(Optional.empty(), Optional.empty(), OptionalInt.of(3))))
        .hasMessage("'f' was exported for number of GPUs 2, not 3");
  }

  @Test
  void withoutAFingerprintFormatAndModelMustBeSaid() {
    assertThatThrownBy(() -> new PlanImport("f", new byte[0], Optional.empty(), NOTHING))
        .hasMessage("'f' has no fingerprint beside it that says what it is")
        .extracting(error -> ((UserError) error).advice())
        .isEqualTo("give --format NAME");
    var source =
        new PlanImport(
            "f",
            new byte[0],
            Optional.empty(),
            given(Optional.of(PlanFormat.SGLANG), Optional.empty(), OptionalInt.empty()));
    assertThatThrownBy(source::model).hasMessageContaining("no fingerprint");
  }

  /** The revision matters as much as the name. */
  @Test
  void aPlanFileOfAnotherRevisionIsRefused() {
    var bytes = PlanFormat.COTERIE.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    var source =
        new PlanImport(
            "f",
            bytes,
            Optional.empty(),
            given(Optional.of(PlanFormat.COTERIE), Optional.of("small"), OptionalInt.empty()));
    assertThatThrownBy(() -> source.read("p", SmallPlan.MODEL.named("small", "v2"), false))
        .hasMessage("'f' is for model small (main), not small (v2)");
  }

  @Test
  void aFileForOtherGpusThanSaidIsRefused() {
    var bytes = PlanFormat.OMNI.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    var source =
        new PlanImport(
            "f.npy",
            bytes,
            Optional.empty(),
            given(Optional.of(PlanFormat.OMNI), Optional.of("small"), OptionalInt.of(4)));
    assertThatThrownBy(() -> source.read("p", SmallPlan.MODEL, false))
        .hasMessage("'f.npy' is for 2 GPUs, not 4");
  }

  @Test
  void theFileIsNamedWhenItCannotBeRead() {
    var source =
        new PlanImport(
            "f.json",
            "{}".getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            given(Optional.of(PlanFormat.SGLANG), Optional.of("small"), OptionalInt.of(2)));
    assertThatThrownBy(() -> source.read("p", SmallPlan.MODEL, false))
        .hasMessage("'f.json' as sglang has no physical_to_logical_map");
  }

  @Test
  void aMissingExpertIsRefusedByLayer() {
    assertThatThrownBy(() -> layers(false, List.of(0, 1, 2), List.of(0, 1, 2)))
        .hasMessage("'f': layer 1 has no slot for expert 3");
  }

  @Test
  void aTwinIsRefusedByLayerGpuAndExpert() {
    assertThatThrownBy(() -> layers(false, List.of(0, 1, 2), List.of(3, 0, 3)))
        .hasMessage("'f', layer 1: GPU 1 holds expert 3 twice");
  }

  /**
   * The second 3 of GPU 1 goes to 1, the first of those with one replica that the GPU lacks; GPU 0
   * stays as it is.
   */
  @Test
  void aTwinIsRepairedWhereAskedFor() {
    var layers = layers(true, List.of(0, 1, 2), List.of(3, 0, 3));
    assertThat(layers.placements().get(1)).hasToString("0 1 2 | 3 0 1");
    assertThat(layers.repairs()).containsExactly(new ImportedLayers.Twin(1, 1, 3));
    assertThat(layers.repairs().get(0)).hasToString("layer 1: GPU 1 holds expert 3 twice");
  }

  @Test
  void anExpertThreeTimesIsTwoTwins() {
    var layers = layers(true, List.of(0, 1, 2), List.of(3, 3, 3));
    assertThat(layers.placements().get(1)).hasToString("0 1 2 | 3 0 1");
    assertThat(layers.repairs()).hasSize(2);
  }

  @Test
  void moreSlotsThanExpertsCannotBeRepaired() {
    assertThatThrownBy(() -> layers(true, List.of(0, 1, 2, 3, 0), List.of(0, 1, 2, 3, 1)))
        .hasMessage("'f': layer 1 has 5 slots on a GPU for 4 experts");
  }

  private static ImportedLayers layers(
      boolean repairTwins, List<Integer> gpu0, List<Integer> gpu1) {
    var layers = new TreeMap<Integer, List<List<Integer>>>();
    layers.put(1, List.of(gpu0, gpu1));
    var model = new ModelGeometry("small", "main", 2, List.of(1), 4, 2, 0, null, 1);
    return ImportedLayers.of("f", PlanFile.of(layers), model, 1, repairTwins);
  }
}
