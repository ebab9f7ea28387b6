package coterie.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class EventLogTest {

  private static final String END =
      """
      {"Event":"SparkListenerApplicationEnd","Timestamp":9500}
      """;

  /** Peaks come with stages and with tasks; those of the driver are kept apart. */
  @Test
  void peaksAndSeconds() throws IOException {
    var log =
        """
        {"Event":"SparkListenerApplicationStart","App Name":"coterie","Timestamp":1000}
        {"Event":"SparkListenerJobStart","Job ID":0,"Submission Time":2000,"Stage Infos":[]}
        {"Event":"SparkListenerTaskEnd","Stage ID":0,"Task Executor Metrics":{"JVMHeapMemory":70}}
        {"Event":"SparkListenerStageExecutorMetrics","Executor ID":"driver","Stage ID":0,\
        "Executor Metrics":{"JVMHeapMemory":900}}
        {"Event":"SparkListenerStageExecutorMetrics","Executor ID":"0","Stage ID":0,\
        "Executor Metrics":{"JVMHeapMemory":80}}
        {"Event":"SparkListenerJobStart","Job ID":1,"Submission Time":3000,"Stage Infos":[]}
        """;
    assertThat(EventLog.parse(log + END)).isEqualTo(new EventLog(7.5, 900, 80));
  }

  @Test
  void aLogWithoutMetricsIsAnError() {
    assertThatThrownBy(() -> EventLog.parse(END)).hasMessageContaining("executor metrics");
  }
}
