package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What comes of broken inputs: a reason for everything that is not kept, and everything sound
 * around it kept. The table is in the classes named in {@link #faults}; a further format adds a
 * class of the same shape.
 */
class MalformedInputsTest {

  static Stream<Fault> faults() {
    return Stream.of(
            VllmFaults.ofJson(),
            VllmFaults.ofFields(),
            VllmFaults.ofCounts(),
            VllmFaults.others(),
            VllmArrayFaults.ofArrays(),
            VllmArrayFaults.ofIds(),
            SglangFaults.ofFields(),
            SglangFaults.ofIds(),
            SglangFaults.ofCounts(),
            SglangFaults.ofTokens(),
            NpzFaults.ofFiles(),
            NpzArrayFaults.ofArrays(),
            NpzArrayFaults.ofRequests(),
            RecorderFaults.ofFiles(),
            RecorderFaults.ofPasses(),
            CountFaults.ofNpy(),
            CountFaults.ofSglang(),
            CountFaults.ofVllm(),
            TensorFaults.ofImatrix(),
            TensorFaults.ofTrtllm(),
            RowFaults.ofCsv(),
            RowFaults.ofJson(),
            RowFaults.ofLines(),
            FingerprintingFaults.all(),
            ParquetFaults.all(),
            FileFaults.sound(),
            FileFaults.ofText(),
            FileFaults.ofGzip())
        .flatMap(List::stream);
  }

  /** An expected line that ends with an ellipsis is the beginning of what is found. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void isReportedAndItsNeighboursAreKept(Fault fault) {
    var found = fault.outcome();
    assertThat(found).hasSameSizeAs(fault.expected());
    for (int i = 0; i < found.size(); i++) {
      var expected = fault.expected().get(i);
      if (expected.endsWith("…")) {
        assertThat(found.get(i)).startsWith(expected.substring(0, expected.length() - 1));
      } else {
        assertThat(found.get(i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void theTableIsLarge() {
    assertThat(faults()).hasSizeGreaterThan(220).doesNotHaveDuplicates();
  }
}
