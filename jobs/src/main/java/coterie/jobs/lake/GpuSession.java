package coterie.jobs.lake;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** What a session needs to run its queries on GPUs by the RAPIDS Accelerator. */
public final class GpuSession {

  /** The class of the accelerator's plugin. */
  public static final String PLUGIN = "com.nvidia.spark.SQLPlugin";

  private static final String PLUGINS = "spark.plugins";
  private static final String ENABLED = "spark.rapids.sql.enabled";
  private static final String MODE = "spark.rapids.sql.mode";
  private static final String EXECUTE = "executeongpu";
  private static final String GPUS = "spark.executor.resource.gpu.amount";
  private static final Path DRIVER_OF_NVIDIA = Path.of("/proc/driver/nvidia/gpus");

  private GpuSession() {}

  /** Each thing that is missing or set against it, in words; empty if the session can do it. */
  public static List<String> missing(SparkSession spark) {
    var missing = new ArrayList<String>();
    var conf = spark.sparkContext().getConf();
    if (!onClassPath()) {
      missing.add("the RAPIDS Accelerator's jar is not on the class path (%s)".formatted(PLUGIN));
    }
    if (!Arrays.asList(conf.get(PLUGINS, "").split("\\s*,\\s*")).contains(PLUGIN)) {
      missing.add("%s does not name %s".formatted(PLUGINS, PLUGIN));
    }
    if (!Boolean.parseBoolean(spark.conf().get(ENABLED, "true"))) {
      missing.add("%s is false".formatted(ENABLED));
    }
    var mode = spark.conf().get(MODE, EXECUTE);
    if (!mode.equalsIgnoreCase(EXECUTE)) {
      missing.add("%s is %s".formatted(MODE, mode));
    }
    if (spark.sparkContext().isLocal()) {
      if (!Files.exists(DRIVER_OF_NVIDIA)) {
        missing.add("this machine has no GPU (%s is not there)".formatted(DRIVER_OF_NVIDIA));
      }
    } else if (conf.get(GPUS, "0").equals("0")) {
      missing.add("%s is not set".formatted(GPUS));
    }
    return missing;
  }

  private static boolean onClassPath() {
    try {
      Class.forName(PLUGIN, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }
}
