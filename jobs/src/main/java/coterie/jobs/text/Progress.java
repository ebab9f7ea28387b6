package coterie.jobs.text;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Says how far the tasks of a described stage are, on anything longer than two seconds.
 *
 * <p>On a terminal one line is rewritten; elsewhere a line comes every ten seconds at most.
 */
public final class Progress extends SparkListener {

  private static final long QUIET_MILLIS = 2_000;
  private static final long REWRITE_MILLIS = 200;
  private static final long LOG_MILLIS = 10_000;

  private record Stage(String what, int tasks, long startedMillis) {}

  private final PrintStream out;
  private final boolean terminal;
  private final Map<Integer, Stage> stages = new HashMap<>();
  private final Map<Integer, Integer> done = new HashMap<>();
  private long lastMillis;
  private int shownWidth;

  public Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    var properties = event.properties();
    var what = properties == null ? null : properties.getProperty("spark.job.description");
    if (what != null) {
      var info = event.stageInfo();
      stages.put(info.stageId(), new Stage(what, info.numTasks(), System.currentTimeMillis()));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    var stage = stages.get(event.stageId());
    if (stage == null) {
      return;
    }
    int finished = done.merge(event.stageId(), 1, Integer::sum);
    long now = System.currentTimeMillis();
    long quiet = terminal ? QUIET_MILLIS : LOG_MILLIS;
    long every = terminal ? REWRITE_MILLIS : LOG_MILLIS;
    boolean due = now - stage.startedMillis >= quiet && now - lastMillis >= every;
    if (due && finished < stage.tasks) {
      lastMillis = now;
      show(line(stage, finished, now - stage.startedMillis));
    }
  }

  private static String line(Stage stage, int finished, long millis) {
    double seconds = millis / 1000.0;
    double left = seconds / finished * (stage.tasks - finished);
    return "%s: %d of %d tasks, %.0f s, %.2g a second, about %.0f s left"
        .formatted(stage.what, finished, stage.tasks, seconds, finished / seconds, left);
  }

  private void show(String line) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, shownWidth - line.length())));
      shownWidth = line.length();
      out.flush();
    } else {
      out.println(line);
    }
  }

  /** Removes a rewritten line, so that results start on a clean one. */
  public synchronized void clear() {
    if (terminal && shownWidth > 0) {
      out.print("\r" + " ".repeat(shownWidth) + "\r");
      out.flush();
      shownWidth = 0;
    }
  }
}
