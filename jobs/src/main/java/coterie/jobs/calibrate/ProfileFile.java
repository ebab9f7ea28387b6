package coterie.jobs.calibrate;

import coterie.ingest.error.UserError;
import coterie.planner.profile.AllReduce;
import coterie.planner.profile.AttentionCost;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.LowLatencyTransfer;
import coterie.planner.profile.MoeKernel;
import coterie.planner.profile.NormalTransfer;
import coterie.planner.profile.Precision;
import coterie.planner.profile.Roofline;
import coterie.planner.profile.StepProfile;
import coterie.planner.profile.Transfer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A profile in YAML: what it names is changed, the rest is that of the preset it begins with.
 *
 * <pre>
 * name: my-cluster
 * gpu:
 *   preset: h100                    # the sheet to begin with
 *   memory_bytes_per_second: 3.2e12
 * moe:
 *   preset: deepep-decode           # the kernel to begin with
 *   launch_seconds: 25e-6
 * dispatch: {nvlink_share: 0.5}
 * combine: {nvlink_share: 0.5}
 * all_reduce: {launch_seconds: 8e-6}
 * attention: {launch_seconds: 40e-6}
 * </pre>
 *
 * <p>Fields are those of {@link GpuSheet}, {@link MoeKernel}, {@link LowLatencyTransfer} or {@link
 * NormalTransfer}, {@link AllReduce} and {@link AttentionCost}, with underscores. A field that
 * there is none of is an error.
 */
public final class ProfileFile {

  private ProfileFile() {}

  /** Reads a file over a preset. */
  public static StepProfile read(Path file, StepProfile preset) {
    if (!Files.isRegularFile(file)) {
      throw UserError.usage("no profile file '%s'".formatted(file), "give a YAML file");
    }
    try {
      return parse(file.toString(), Files.readString(file), preset);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static StepProfile parse(String name, String text, StepProfile preset) {
    var root = YamlFields.parse(name, text);
    var profile =
        new StepProfile(
            root.text("name", preset.name()),
            gpu(root.section("gpu"), preset.gpu()),
            moe(root.section("moe"), preset.moe()),
            transfer(root.section("dispatch"), preset.dispatch()),
            transfer(root.section("combine"), preset.combine()),
            allReduce(root.section("all_reduce"), preset.allReduce()),
            attention(root.section("attention"), preset.attention()));
    root.requireAllUsed();
    return profile;
  }

  private static GpuSheet gpu(YamlFields fields, GpuSheet preset) {
    var base = fields.preset(preset, GpuSheet::find, GpuSheet.names());
    return fields.build(
        () ->
            new GpuSheet(
                base.name(),
                fields.number("memory_bytes", base.memoryBytes()),
                fields.number("memory_bytes_per_second", base.memoryBytesPerSecond()),
                fields.number("half_flops", base.halfFlops()),
                fields.number("quarter_flops", base.quarterFlops()),
                fields.whole("multiprocessors", base.multiprocessors()),
                fields.number("nvlink_bytes_per_second", base.nvlinkBytesPerSecond()),
                fields.whole("nvlink_gpus", base.nvlinkGpus()),
                fields.number("network_bytes_per_second", base.networkBytesPerSecond())));
  }

  private static MoeKernel moe(YamlFields fields, MoeKernel preset) {
    var base = fields.preset(preset, MoeKernel::find, MoeKernel.names());
    return fields.build(
        () ->
            new MoeKernel(
                base.name(),
                fields.number("launch_seconds", base.launchSeconds()),
                fields.number("memory_share", base.memoryShare()),
                fields.choice("precision", base.precision(), Precision.class),
                fields.number("compute_share", base.computeShare()),
                fields.choice("roofline", base.roofline(), Roofline.class),
                fields.whole("tile_rows", base.tileRows()),
                fields.whole("tile_columns", base.tileColumns()),
                fields.whole("shard_columns", base.shardColumns()),
                fields.number("activation_passes", base.activationPasses()),
                fields.number("scan_seconds_per_token", base.scanSecondsPerToken())));
  }

  private static Transfer transfer(YamlFields fields, Transfer preset) {
    return preset instanceof NormalTransfer normal
        ? normal(fields, normal)
        : lowLatency(fields, (LowLatencyTransfer) preset);
  }

  private static Transfer lowLatency(YamlFields fields, LowLatencyTransfer base) {
    return fields.build(
        () ->
            new LowLatencyTransfer(
                fields.number("launch_seconds", base.launchSeconds()),
                fields.number("seconds_per_expert", base.secondsPerExpert()),
                fields.number("seconds_per_hidden", base.secondsPerHidden()),
                fields.number("nvlink_share", base.nvlinkShare()),
                fields.number("lane_bytes_per_second", base.laneBytesPerSecond()),
                fields.number("bytes_per_element", base.bytesPerElement())));
  }

  private static Transfer normal(YamlFields fields, NormalTransfer base) {
    return fields.build(
        () ->
            new NormalTransfer(
                fields.number("launch_seconds", base.launchSeconds()),
                fields.number("seconds_per_hidden", base.secondsPerHidden()),
                fields.number("token_seconds", base.tokenSeconds()),
                fields.number("nvlink_share", base.nvlinkShare()),
                fields.number(
                    "bytes_per_second_per_multiprocessor", base.bytesPerSecondPerMultiprocessor()),
                fields.whole("multiprocessors", base.multiprocessors()),
                fields.number("bytes_per_element", base.bytesPerElement())));
  }

  private static AllReduce allReduce(YamlFields fields, AllReduce base) {
    return fields.build(
        () ->
            new AllReduce(
                fields.number("launch_seconds", base.launchSeconds()),
                fields.number("nvlink_share", base.nvlinkShare())));
  }

  private static AttentionCost attention(YamlFields fields, AttentionCost base) {
    return fields.build(
        () ->
            new AttentionCost(
                fields.isEmpty() && base.measured(),
                fields.number("launch_seconds", base.launchSeconds()),
                fields.number("weights_seconds", base.weightsSeconds()),
                fields.number("seconds_per_token", base.secondsPerToken()),
                fields.number("seconds_per_context", base.secondsPerContext()),
                fields.number("seconds_per_position", base.secondsPerPosition())));
  }
}
