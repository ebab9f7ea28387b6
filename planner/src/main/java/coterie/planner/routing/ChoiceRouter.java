package coterie.planner.routing;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import java.util.HashMap;
import java.util.Map;

/**
 * Routes by a rule that sees one call at a time. O(calls) a step, with no allocation but for the
 * first step of a new batch size.
 */
final class ChoiceRouter implements Router {

  /** Makes the rule for steps of a size. */
  interface Factory {
    ReplicaChoice create(TokenBatches batches);
  }

  private final ReplicaTable replicas;
  private final Factory factory;

  /** {@code [expert * gpus + gpu]} the last step in which the copy was run. */
  private final long[] lastRun;

  private long stepNumber;
  private final Map<Shape, Prepared> shapes = new HashMap<>();
  private TokenBatches prepared;
  private ReplicaChoice choice;
  private int[] callerOfCall = new int[0];

  /** {@code [expert * callers + caller]} */
  private int[] gpuOf;

  /** What a rule may know of steps before it sees one. */
  private record Shape(int batch, int ranks, int mostCalls) {}

  /** A rule for steps of a shape, with its answers. */
  private static final class Prepared {
    private final ReplicaChoice choice;
    private final int[] gpuOf;

    Prepared(ReplicaChoice choice, int[] gpuOf) {
      this.choice = choice;
      this.gpuOf = gpuOf;
    }
  }

  ChoiceRouter(Placement placement, Factory factory) {
    replicas = ReplicaTable.of(placement);
    this.factory = factory;
    lastRun = new long[replicas.gpuCount() * replicas.experts()];
  }

  private void prepare(TokenBatches batches) {
    prepared = batches;
    var shape = new Shape(batches.batch(), batches.ranks(), batches.mostCalls());
    var known = shapes.computeIfAbsent(shape, unused -> answers(batches));
    choice = known.choice;
    gpuOf = known.gpuOf;
    if (callerOfCall.length < shape.mostCalls()) {
      callerOfCall = new int[shape.mostCalls()];
    }
  }

  private Prepared answers(TokenBatches batches) {
    var rule = factory.create(batches);
    int callers = rule.callers();
    var answers = new int[replicas.experts() * callers];
    var gpuOfCaller = new int[callers];
    for (int expert = 0; expert < replicas.experts(); expert++) {
      rule.choose(expert, replicas, gpuOfCaller);
      System.arraycopy(gpuOfCaller, 0, answers, expert * callers, callers);
    }
    return new Prepared(rule, answers);
  }

  @Override
  public void assign(TokenBatches batches, int step, CallGpus callGpus) {
    name(batches, step);
    var sets = batches.sets();
    int callers = choice.callers();
    callGpus.clear();
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        callGpus.add(gpuOf[sets.member(i) * callers + callerOfCall[call++]]);
      }
    }
  }

  private void name(TokenBatches batches, int step) {
    if (batches != prepared) {
      prepare(batches);
    }
    choice.name(batches, step, callerOfCall);
  }

  @Override
  public void route(TokenBatches batches, int step, GpuLoad load) {
    name(batches, step);
    var sets = batches.sets();
    int callers = choice.callers();
    int gpus = replicas.gpuCount();
    stepNumber++;
    load.clear();
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int expert = sets.member(i);
        int gpu = gpuOf[expert * callers + callerOfCall[call++]];
        load.addPairs(gpu, 1);
        int copy = expert * gpus + gpu;
        if (lastRun[copy] != stepNumber) {
          lastRun[copy] = stepNumber;
          load.addCopy(gpu);
        }
      }
    }
  }
}
