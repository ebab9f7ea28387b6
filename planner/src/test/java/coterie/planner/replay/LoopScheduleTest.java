package coterie.planner.replay;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.model.SeededRandom;
import coterie.planner.replay.LoopSchedule.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopScheduleTest {

  /** Three requests of two, one and one tokens, numbered 0 1 | 2 | 3. */
  private static final RequestQueue QUEUE =
      new RequestQueue(new int[] {0, 0, 0}, new int[] {2, 1, 1});

  private static List<List<Integer>> tokens(StepList steps) {
    return IntStream.range(0, steps.size())
        .mapToObj(
            step ->
                IntStream.range(0, steps.tokens(step)).mapToObj(i -> steps.token(step, i)).toList())
        .toList();
  }

  @Test
  void theNextRequestJoinsWhenOneLeaves() {
    var schedule = LoopSchedule.closed(QUEUE, QUEUE.inOrder(), 2, 512);
    assertThat(tokens(schedule.steps())).containsExactly(List.of(0, 2), List.of(1, 3));
    assertThat(schedule.stays())
        .containsExactly(new Stay(1, 0, 0, 0), new Stay(0, 0, 0, 1), new Stay(2, 1, 1, 1));
  }

  /** The order begins anew to keep the flight full; who comes again does not count again. */
  @Test
  void theFlightStaysFullUntilTheLastRequestHasLeft() {
    var queue = new RequestQueue(new int[] {0, 0}, new int[] {1, 4});
    var schedule = LoopSchedule.closed(queue, queue.inOrder(), 2, 512);
    assertThat(tokens(schedule.steps()))
        .containsExactly(List.of(0, 1), List.of(2, 0), List.of(3, 1), List.of(4, 2));
    assertThat(schedule.stays()).extracting(Stay::request).containsExactly(0, 1);
  }

  /** Prompts of three and two tokens share a chunk of four; who has its prompt decodes next. */
  @Test
  void promptsShareAChunkTheOldestFirst() {
    var queue = new RequestQueue(new int[] {3, 2}, new int[] {2, 1});
    var schedule = LoopSchedule.closed(queue, queue.inOrder(), 2, 4);
    assertThat(tokens(schedule.steps()))
        .startsWith(List.of(0, 1, 2, 5), List.of(3, 6), List.of(4, 7));
    assertThat(IntStream.range(0, 3).map(schedule.steps()::prefill)).containsExactly(4, 1, 0);
    assertThat(schedule.stays()).containsExactly(new Stay(0, 0, 0, 2), new Stay(1, 0, 1, 2));
  }

  @Test
  void everyTokenOfTheFirstRoundRunsOnceAndInOrder() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new SeededRandom(seed);
      int requests = 1 + random.nextInt(12);
      var prefill = random(random, requests, 0, 9);
      var queue = new RequestQueue(prefill, random(random, requests, 1, 9));
      int inFlight = 1 + random.nextInt(6);
      var schedule = LoopSchedule.closed(queue, queue.inOrder(), inFlight, 1 + random.nextInt(5));
      assertThat(schedule.stays()).hasSize(requests);
      for (var stay : schedule.stays()) {
        var own = new ArrayList<Integer>();
        for (int step = stay.joinStep(); step <= stay.lastStep(); step++) {
          for (int i = 0; i < schedule.steps().tokens(step); i++) {
            int token = schedule.steps().token(step, i);
            if (token >= queue.first(stay.request()) && token < queue.first(stay.request() + 1)) {
              own.add(token);
            }
          }
        }
        // Copies of a request that keep others company may run beside it in so small a list.
        assertThat(own)
            .containsAll(
                IntStream.range(queue.first(stay.request()), queue.first(stay.request() + 1))
                    .boxed()
                    .toList());
      }
    }
  }

  private static int[] random(SeededRandom random, int count, int least, int most) {
    return IntStream.range(0, count).map(i -> least + random.nextInt(most - least + 1)).toArray();
  }

  @Test
  void withoutPromptsEveryStepIsFull() {
    var queue = new RequestQueue(new int[40], IntStream.range(0, 40).map(i -> 1 + i % 7).toArray());
    var steps = LoopSchedule.closed(queue, queue.inOrder(), 8, 512).steps();
    assertThat(IntStream.range(0, steps.size()).map(steps::tokens)).containsOnly(8);
  }
}
