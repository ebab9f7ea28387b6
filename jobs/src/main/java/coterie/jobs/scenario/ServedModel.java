package coterie.jobs.scenario;

import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.generate.SyntheticTokens;
import coterie.jobs.simulate.ModelProfiles;
import coterie.planner.profile.AttentionCost;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.LayerShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The two models of the scenarios: their shapes, kernels and tokens. */
enum ServedModel {
  /** Recorded; MXFP4 experts, attention assumed from its shape. */
  GPT_OSS_20B(24, 1_000) {
    @Override
    LayerShape layer() {
      return new LayerShape(new ExpertShape(2880, 2880, 4.25 / 8), 32, 0);
    }

    @Override
    StepProfile decode() {
      return StepProfile.fused(
          GpuSheet.H100, layer().expert(), ModelProfiles.gptOss(GpuSheet.H100));
    }

    @Override
    StepProfile prefill() {
      return decode().with(AttentionCost.NONE);
    }

    @Override
    List<LayerData> data(Path traces, int layers, long seed) {
      return RecordedLayers.read(traces, layers);
    }
  },
  /** Generated with topic structure; shapes, kernels and attention of DeepSeek-V3. */
  GENERATED_256(58, 4_989) {
    @Override
    LayerShape layer() {
      return new LayerShape(new ExpertShape(7168, 2048, 1), 256, 1);
    }

    @Override
    StepProfile decode() {
      return StepProfile.deepEpDecode(GpuSheet.H100);
    }

    @Override
    StepProfile prefill() {
      return StepProfile.deepEpPrefill(GpuSheet.H100);
    }

    @Override
    List<LayerData> data(Path traces, int layers, long seed) {
      var tokens = new SyntheticTokens(new SyntheticModel(layers, 256, 8), seed);
      var planning = tokens.layers(1, PLANNING_REQUESTS, REQUEST_TOKENS);
      var judged = tokens.layers(2, JUDGED_REQUESTS, REQUEST_TOKENS);
      var data = new ArrayList<LayerData>();
      for (int layer = 0; layer < layers; layer++) {
        data.add(LayerData.of(layer, planning.get(layer), judged.get(layer)));
      }
      return data;
    }
  };

  private static final int PLANNING_REQUESTS = 128;
  private static final int JUDGED_REQUESTS = 128;
  private static final int REQUEST_TOKENS = 80;

  private final int moeLayers;
  private final double contextTokens;

  ServedModel(int moeLayers, double contextTokens) {
    this.moeLayers = moeLayers;
    this.contextTokens = contextTokens;
  }

  /** MoE layers of the whole model. */
  int moeLayers() {
    return moeLayers;
  }

  /**
   * Cached positions a decode token attends to: assumed; DeepSeek reports 4,989 for its service.
   */
  double contextTokens() {
    return contextTokens;
  }

  abstract LayerShape layer();

  abstract StepProfile decode();

  abstract StepProfile prefill();

  /** Tokens of some layers. */
  abstract List<LayerData> data(Path traces, int layers, long seed);
}
