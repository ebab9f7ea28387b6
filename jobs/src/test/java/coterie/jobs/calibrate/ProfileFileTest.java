package coterie.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.LowLatencyTransfer;
import coterie.planner.profile.MoeKernel;
import coterie.planner.profile.StepProfile;
import org.junit.jupiter.api.Test;

class ProfileFileTest {

  private static final StepProfile PRESET = StepProfile.deepEpDecode(GpuSheet.H100);

  private static StepProfile parse(String text) {
    return ProfileFile.parse("p.yaml", text, PRESET);
  }

  @Test
  void anEmptyFileIsThePreset() {
    assertThat(parse("")).isEqualTo(PRESET);
    assertThat(parse("{}").attention().measured()).isTrue();
  }

  @Test
  void whatIsNamedChangesAndTheRestStays() {
    var profile =
        parse(
            """
            name: mine
            gpu:
              preset: h200
              network_bytes_per_second: 25e9
            moe:
              preset: fused-fp8
              launch_seconds: 25e-6
            dispatch: {nvlink_share: 0.5}
            attention: {launch_seconds: 4.0e-5}
            """);
    assertThat(profile.name()).isEqualTo("mine");
    assertThat(profile.gpu().networkBytesPerSecond()).isEqualTo(25e9);
    assertThat(profile.gpu().memoryBytesPerSecond())
        .isEqualTo(GpuSheet.H200.memoryBytesPerSecond());
    assertThat(profile.moe().launchSeconds()).isEqualTo(25e-6);
    assertThat(profile.moe().tileRows()).isEqualTo(MoeKernel.FUSED_QUARTER.tileRows());
    assertThat(((LowLatencyTransfer) profile.dispatch()).nvlinkShare()).isEqualTo(0.5);
    assertThat(profile.combine()).isEqualTo(PRESET.combine());
    // What somebody changed is no measurement of ours.
    assertThat(profile.attention().measured()).isFalse();
  }

  @Test
  void mistakesNameTheFieldAndItsValue() {
    assertThatThrownBy(() -> parse("gpu: {memory: 3}"))
        .hasMessage("p.yaml, gpu: unknown field 'memory'");
    assertThatThrownBy(() -> parse("kernel: {}")).hasMessage("p.yaml: unknown field 'kernel'");
    assertThatThrownBy(() -> parse("gpu: {preset: a100}"))
        .hasMessage("p.yaml, gpu: no preset 'a100'");
    assertThatThrownBy(() -> parse("moe: {tile_rows: 1.5}"))
        .hasMessage("p.yaml, moe, tile_rows: 1.5 is not whole");
    assertThatThrownBy(() -> parse("moe: {launch_seconds: soon}"))
        .hasMessage("p.yaml, moe, launch_seconds: 'soon' is no number");
    assertThatThrownBy(() -> parse("moe: {memory_share: 0}"))
        .hasMessageStartingWith("p.yaml, moe: kernel 'deepep-decode'");
    assertThatThrownBy(() -> parse("moe: {roofline: flat}"))
        .hasMessage("p.yaml, moe, roofline: 'flat' is none there is");
    assertThatThrownBy(() -> parse("gpu: 5")).hasMessage("p.yaml, gpu: '5' is no mapping");
    assertThatThrownBy(() -> parse("a: [")).hasMessageStartingWith("p.yaml: ");
  }
}
