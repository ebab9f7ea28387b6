package coterie.jobs.nightly;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.export.Fingerprint;
import coterie.jobs.export.PlanFormat;
import coterie.jobs.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * The files that engines load, under names that stay the same from night to night. Each is written
 * beside and moved into place, so that no engine ever loads half a file.
 */
final class PlanFiles {

  private final Path folder;
  private final Configuration hadoop;

  PlanFiles(String folder, Configuration hadoop) {
    this.folder = new Path(folder);
    this.hadoop = hadoop;
  }

  /** Writes a plan and its fingerprint; the fingerprint goes last. */
  void write(String name, PlanFormat format, Plan plan, ModelGeometry model) {
    var file = java.nio.file.Path.of(name + "." + format.label() + ending(format));
    byte[] bytes = format.bytes(plan, model);
    var fingerprint = Fingerprint.of(format, bytes, plan.header());
    write(file.toString(), bytes);
    write(
        Fingerprint.beside(file).toString(),
        fingerprint.json(file.toString(), format.start(file, plan, model)));
  }

  private static String ending(PlanFormat format) {
    return switch (format) {
      case SGLANG_PT -> ".pt";
      case PHY2LOG, OMNI -> ".npy";
      case TENSORRT_LLM -> ".yaml";
      default -> ".json";
    };
  }

  private void write(String name, byte[] bytes) {
    try {
      if (isLocal()) {
        writeLocal(name, bytes);
      } else {
        writeFar(name, bytes);
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw UserError.data(
          "cannot write '%s' into export.folder '%s': %s"
              .formatted(name, folder, failure.getMessage()),
          "the plan is published in the lake; make room there and run the night again");
    }
  }

  private boolean isLocal() throws IOException {
    return folder.getFileSystem(hadoop).getUri().getScheme().equals("file");
  }

  /** Hadoop's local file system would leave checksum files that engines do not know. */
  private void writeLocal(String name, byte[] bytes) throws IOException {
    var into = java.nio.file.Path.of(folder.toUri().getPath()).toAbsolutePath();
    Files.createDirectories(into);
    var partial = Files.createTempFile(into, name, ".partial");
    try {
      Files.write(partial, bytes);
      Files.move(
          partial,
          into.resolve(name),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void writeFar(String name, byte[] bytes) throws IOException {
    var context = FileContext.getFileContext(folder.toUri(), hadoop);
    var partial = new Path(folder, "." + name + ".partial");
    try (var out =
        context.create(
            partial,
            java.util.EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE),
            Options.CreateOpts.createParent())) {
      out.write(bytes);
    }
    context.rename(partial, new Path(folder, name), Options.Rename.OVERWRITE);
  }
}
