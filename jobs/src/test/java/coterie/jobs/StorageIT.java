package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A night on a disk that is full, or must not be written to. */
@Tag("cluster")
class StorageIT {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  @TempDir private Path folder;

  @Test
  void theErrorIsClearAndTheLakeAsBefore() throws IOException, InterruptedException {
    var disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()) == 0,
        "a full and a read-only disk need root to mount one");
    try {
      var nights = new NightFolder(folder, disk.resolve("lake"));
      nights.few("2026-01-05", SAMPLE.resolve("2026-01-05.jsonl.gz"), 60);
      nights.few("2026-01-06", SAMPLE.resolve("2026-01-06.jsonl.gz"), 60);
      night(nights, "2026-01-05").ok();
      var before = nights.tables();

      var filler = disk.resolve("filler");
      run(
          "sh",
          "-c",
          "head -c $(($(df --output=avail -B1 %1$s | tail -1) - 300000)) /dev/zero > %2$s"
              .formatted(disk, filler));
      var full = night(nights, "2026-01-06");
      assertThat(full.exitCode()).as(full.err()).isEqualTo(1);
      assertThat(full.err()).contains("error: the disk is full");
      Files.delete(filler);
      assertThat(nights.tables()).isEqualTo(before);

      // A mount of its own on top: what this process has open below does not keep it from that.
      assertThat(run("mount", "--bind", disk.toString(), disk.toString())).isZero();
      assertThat(run("mount", "-o", "remount,bind,ro", disk.toString())).isZero();
      var readOnly = night(nights, "2026-01-06");
      assertThat(readOnly.exitCode()).as(readOnly.err()).isEqualTo(1);
      assertThat(readOnly.err()).startsWith("error: ").containsPattern("(?i)read-?only");
      assertThat(run("umount", "-l", disk.toString())).isZero();
      assertThat(nights.tables()).isEqualTo(before);

      night(nights, "2026-01-06").ok();
      assertThat(nights.branches()).isEmpty();
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static Coterie.Result night(NightFolder nights, String day) {
    return Coterie.run("nightly", "--config", nights.config().toString(), "--day", day);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
