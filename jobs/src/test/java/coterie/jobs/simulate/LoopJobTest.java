package coterie.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.jobs.lake.Lake;
import coterie.planner.model.Attention;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.replay.LayerShape;
import coterie.planner.replay.LayerStack;
import coterie.planner.replay.LoopSchedule;
import coterie.planner.replay.StepPricer;
import coterie.planner.replay.StepSwitches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Replays of a small lake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoopJobTest {

  private Lake lake;
  private RequestList requests;

  @BeforeAll
  void fill(@TempDir Path folder) throws Exception {
    lake = MadeRequests.open(folder.resolve("lake"), "local[2]");
    MadeRequests.fill(lake.spark(), 40);
    requests = RequestList.load(lake.spark(), MadeRequests.ALL, 1_000, 3);
  }

  @AfterAll
  void close() {
    lake.close();
  }

  private List<LoopOutcome> run(LoopRequest request) {
    return new LoopJob(lake.spark()).run(MadeRequests.ALL, request);
  }

  static List<Byte> bytes(List<LoopOutcome> outcomes) {
    var out = new ByteArrayOutputStream();
    try (var objects = new ObjectOutputStream(out)) {
      objects.writeObject(new ArrayList<>(outcomes));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    var bytes = new ArrayList<Byte>();
    for (byte b : out.toByteArray()) {
      bytes.add(b);
    }
    return bytes;
  }

  @Test
  void requestsComeInAnOrderThatTheSeedDecides() {
    assertThat(requests.size()).isEqualTo(40);
    assertThat(requests.entries()).filteredOn(e -> e.prefill() == 100).hasSize(14);
    var again = RequestList.load(lake.spark(), MadeRequests.ALL, 1_000, 3);
    assertThat(again).isEqualTo(requests);
    var fewer = RequestList.load(lake.spark(), MadeRequests.ALL, 7, 3);
    assertThat(fewer.entries()).isEqualTo(requests.entries().subList(0, 7));
    assertThat(RequestList.load(lake.spark(), MadeRequests.ALL, 1_000, 4)).isNotEqualTo(requests);
  }

  /** Bit for bit, whatever the loop and however the work is cut. */
  @Test
  void partitionsChangeNothing() {
    for (var kind : LoopKind.values()) {
      var results = new HashSet<List<Byte>>();
      for (int partitions : new int[] {1, 2, 7}) {
        results.add(bytes(run(MadeRequests.request(kind, requests, 2, 3, partitions))));
      }
      assertThat(results).as(kind.label()).hasSize(1);
    }
  }

  /** The distributed sum of layers is what pricing all layers of each step in order gives. */
  @Test
  void aClosedLoopIsItsStepsOneAfterTheOther() {
    var request = MadeRequests.request(LoopKind.CLOSED, requests, 1, 0, 2);
    var queue = requests.queue();
    var sets =
        RequestBlocks.byLayer(lake.spark(), MadeRequests.ALL, request, 1)
            .mapValues(
                blocks -> {
                  var list = new ArrayList<RequestBlocks.LayerBlock>();
                  blocks.forEach(list::add);
                  return list;
                })
            .collectAsMap();
    var tokens = new ArrayList<TokenSets>();
    for (int layer = 0; layer < 3; layer++) {
      tokens.add(RequestBlocks.sets(MadeRequests.MODEL, requests, sets.get(layer)));
    }
    var outcomes = run(request);
    for (var scenario : request.scenarios()) {
      var contender = request.contenders().get(scenario.contender());
      var switches =
          StepSwitches.decode(scenario.router().attention(), 1_000)
              .withTensorShards(contender.shards());
      // Ranks take turns by a step's place among those of its size, which a stack does not know.
      if (scenario.router().attention() == Attention.DATA_PARALLEL) {
        continue;
      }
      var pricers =
          MadeRequests.MODEL.moeLayers().stream()
              .map(
                  layer ->
                      new StepPricer(
                          request.profiles().get(scenario.profile()),
                          new LayerShape(new ExpertShape(512, 256, 2), 8, 0),
                          switches,
                          contender.layers().get(layer),
                          scenario.router()))
              .toList();
      var stack = new LayerStack(tokens, pricers);
      var steps = LoopSchedule.closed(queue, queue.inOrder(), scenario.inFlight(), 64).steps();
      long nanos = 0;
      for (int step = 0; step < steps.size(); step++) {
        nanos += stack.nanos(steps, step);
      }
      var outcome = outcomes.get(scenario.id());
      assertThat(outcome.tokensPerSecond())
          .isCloseTo(steps.totalDecode() * 1e9 / nanos, within(1e-6));
      assertThat(outcome.totals().meanMoeNanos()).isEqualTo(stack.totals().meanMoeNanos());
    }
  }
}
