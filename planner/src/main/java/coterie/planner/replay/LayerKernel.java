package coterie.planner.replay;

import coterie.planner.model.Attention;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.MoeKernelTime;
import coterie.planner.profile.MoeWork;
import coterie.planner.profile.StepProfile;
import coterie.planner.profile.Transfer;
import coterie.planner.routing.CallGpus;
import java.util.Arrays;

/**
 * Prices one layer of one step: who runs what is given, what that takes is worked out here.
 *
 * <p>A host is what the placement calls a GPU: one GPU, or {@code tensorShards} of them that share
 * each expert of the host by its intermediate width. Their kernels are smaller and each of them
 * sees all rows of the host. A host of several GPUs needs a token that calls any of its experts on
 * all of them, once each: that is a gather, whatever the transfer's mode.
 *
 * <p>O(calls + experts * hosts) a step. Not safe for use by two threads at once.
 */
final class LayerKernel {

  private final StepProfile profile;
  private final LayerShape layer;
  private final StepSwitches switches;
  private final int hosts;
  private final int shards;
  private final int gpus;
  private final MoeKernelTime moe;
  private final MoeKernelTime shared;
  private final TokenTraffic traffic;
  private final int tileRows;

  /** {@code [expert * hosts + host]} rows of each copy. */
  private final int[] rowsOfCopy;

  /** {@code [gpu]} tokens that start on it. */
  private final int[] ownTokens;

  private final boolean[] needed;

  /**
   * A kernel.
   *
   * @param hosts GPUs of the placement; each stands for {@code switches.tensorShards()} GPUs
   */
  LayerKernel(StepProfile profile, LayerShape layer, StepSwitches switches, int hosts) {
    this.profile = profile;
    this.layer = layer;
    this.switches = switches;
    this.hosts = hosts;
    shards = switches.tensorShards();
    gpus = hosts * shards;
    moe =
        new MoeKernelTime(
            profile.moe(),
            profile.gpu(),
            shard(layer.expert(), shards, profile.moe().shardColumns()));
    shared = new MoeKernelTime(profile.moe().dense(), profile.gpu(), layer.expert());
    tileRows = switches.tilePadding() ? profile.moe().tileRows() : 1;
    traffic = new TokenTraffic(gpus, profile.gpu().nvlinkGpus());
    rowsOfCopy = new int[layer.experts() * hosts];
    ownTokens = new int[gpus];
    needed = new boolean[gpus];
  }

  /** A slice of an expert, padded to whole blocks of columns as engines do. */
  private static ExpertShape shard(ExpertShape expert, int shards, int columns) {
    if (shards == 1) {
      return expert;
    }
    int width = (expert.intermediate() + shards - 1) / shards;
    int padded = (width + columns - 1) / columns * columns;
    return new ExpertShape(
        expert.hidden(), Math.min(padded, expert.intermediate()), expert.bytesPerWeight());
  }

  int gpus() {
    return gpus;
  }

  /** The steps with their tokens where the attention has them. */
  TokenBatches place(TokenBatches batches) {
    return switches.attention().place(batches, gpus);
  }

  /**
   * Prices a step.
   *
   * @param calls the host of every call
   * @param prefillTokens tokens at the end of the step that are a chunk of one prompt
   * @param time filled
   */
  void price(TokenBatches batches, int step, CallGpus calls, int prefillTokens, StepTime time) {
    time.clear();
    count(batches, step, calls);
    time.setStep(distinct(), batches.batch());
    attention(batches.batch(), prefillTokens, time);
    experts(batches.batch(), time);
    if (dataParallel()) {
      allToAll(time);
    } else {
      allReduce(batches.batch(), time);
    }
    sharedBeside(time);
  }

  private boolean dataParallel() {
    return switches.attention() == Attention.DATA_PARALLEL;
  }

  /**
   * The GPU that a token starts on; where all have the whole batch, the one that runs what needs to
   * be done only once for it.
   */
  private int source(TokenBatches batches, int step, int token) {
    return dataParallel() ? batches.rank(step, token) : (step + token) % gpus;
  }

  private void count(TokenBatches batches, int step, CallGpus calls) {
    Arrays.fill(rowsOfCopy, 0);
    Arrays.fill(ownTokens, 0);
    traffic.clear();
    var sets = batches.sets();
    boolean oncePerGpu = profile.dispatch().oncePerGpu() || shards > 1;
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int source = source(batches, step, token);
      ownTokens[source]++;
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int host = calls.gpu(call++);
        rowsOfCopy[sets.member(i) * hosts + host]++;
        // Without ranks there is nothing to dispatch.
        for (int gpu = host * shards; dataParallel() && gpu < (host + 1) * shards; gpu++) {
          if (oncePerGpu) {
            needed[gpu] = true;
          } else {
            traffic.send(source, gpu);
          }
        }
      }
      if (oncePerGpu && dataParallel()) {
        traffic.sendOnce(source, needed);
        Arrays.fill(needed, false);
      }
    }
  }

  private int distinct() {
    int distinct = 0;
    for (int expert = 0; expert < layer.experts(); expert++) {
      boolean active = false;
      for (int host = 0; host < hosts; host++) {
        active |= rowsOfCopy[expert * hosts + host] > 0;
      }
      distinct += active ? 1 : 0;
    }
    return distinct;
  }

  private void attention(int tokens, int prefillTokens, StepTime time) {
    long slowest = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      double seconds;
      if (dataParallel()) {
        double share = (double) ownTokens[gpu] / tokens;
        seconds = attentionSeconds(ownTokens[gpu], share * prefillTokens);
      } else {
        seconds = attentionSeconds(tokens, prefillTokens);
      }
      long nanos = StepProfile.nanos(seconds);
      time.set(gpu, Cause.ATTENTION, nanos);
      slowest = Math.max(slowest, nanos);
    }
    time.set(Cause.ATTENTION, slowest);
  }

  /** A GPU's tokens decode from their own contexts; a chunk of a prompt reads one together. */
  private double attentionSeconds(int tokens, double prefillTokens) {
    double prefill = Math.min(tokens, prefillTokens);
    double contexts = tokens - prefill + (prefill > 0 ? 1 : 0);
    double positions = contexts * switches.contextTokens();
    if (dataParallel()) {
      return profile.attention().seconds(tokens, positions, switches.contextTokens());
    }
    double sum = profile.allReduce().seconds(profile.gpu(), gpus, activationBytes(tokens));
    return profile.attention().sharded(gpus).seconds(tokens, positions, switches.contextTokens())
        + sum;
  }

  /** Hidden states of tokens in bf16. */
  private double activationBytes(int tokens) {
    return 2.0 * tokens * layer.expert().hidden();
  }

  private void experts(int tokens, StepTime time) {
    boolean fused = layer.sharedExperts() > 0 && switches.sharedExperts() == SharedExperts.FUSED;
    long slowest = -1;
    for (int host = 0; host < hosts; host++) {
      int copies = 0;
      long rows = 0;
      long padded = 0;
      for (int copy = host; copy < rowsOfCopy.length; copy += hosts) {
        int rowsHere = rowsOfCopy[copy];
        if (rowsHere > 0) {
          copies++;
          rows += rowsHere;
          padded += MoeWork.padded(rowsHere, tileRows);
        }
      }
      for (int gpu = host * shards; gpu < (host + 1) * shards; gpu++) {
        int own = fused ? ownTokens[gpu] : 0;
        int extra = own > 0 ? layer.sharedExperts() : 0;
        long extraRows = (long) extra * own;
        long extraPadded = extra * MoeWork.padded(own, tileRows);
        long weights = StepProfile.nanos(moe.weightsSeconds(copies + extra, padded + extraPadded));
        long total =
            StepProfile.nanos(
                moe.seconds(copies + extra, rows + extraRows, padded + extraPadded, tokens));
        time.setWork(gpu, copies + extra, rows + extraRows);
        time.set(gpu, Cause.MOE_WEIGHTS, weights);
        time.set(gpu, Cause.MOE_COMPUTE, total - weights);
        if (total > slowest) {
          slowest = total;
          time.set(Cause.MOE_WEIGHTS, weights);
          time.set(Cause.MOE_COMPUTE, total - weights);
        }
      }
    }
  }

  private void allToAll(StepTime time) {
    transfer(Cause.DISPATCH, profile.dispatch(), time);
    transfer(Cause.COMBINE, profile.combine(), time);
  }

  private void transfer(Cause cause, Transfer transfer, StepTime time) {
    if (gpus == 1) {
      return;
    }
    double bytesPerCopy = layer.expert().hidden() * transfer.bytesPerElement();
    long slowest = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      long nanos =
          StepProfile.nanos(
              transfer.seconds(
                  profile.gpu(),
                  layer.expert().hidden(),
                  layer.experts(),
                  ownTokens[gpu],
                  traffic.nvlinkCopies(gpu) * bytesPerCopy,
                  traffic.networkCopies(gpu) * bytesPerCopy));
      time.set(gpu, cause, nanos);
      slowest = Math.max(slowest, nanos);
    }
    time.set(cause, slowest);
    for (var link : LinkClass.values()) {
      time.addBytes(link, Math.round(traffic.copies(link) * bytesPerCopy));
    }
  }

  /** Every GPU has the whole batch: nothing is dispatched, and the results are added up. */
  private void allReduce(int tokens, StepTime time) {
    double bytes = activationBytes(tokens);
    long nanos = StepProfile.nanos(profile.allReduce().seconds(profile.gpu(), gpus, bytes));
    for (int gpu = 0; gpu < gpus; gpu++) {
      time.set(gpu, Cause.COMBINE, nanos);
    }
    time.set(Cause.COMBINE, nanos);
    var link = gpus <= profile.gpu().nvlinkGpus() ? LinkClass.NVLINK : LinkClass.NETWORK;
    // Once behind attention and once here.
    time.addBytes(link, 2 * TokenTraffic.allReduceBytes(gpus, bytes));
  }

  private void sharedBeside(StepTime time) {
    if (layer.sharedExperts() == 0 || switches.sharedExperts() != SharedExperts.BESIDE) {
      return;
    }
    long slowest = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      int own = ownTokens[gpu];
      int copies = own > 0 ? layer.sharedExperts() : 0;
      long padded = copies * MoeWork.padded(own, tileRows);
      long nanos =
          copies == 0
              ? 0
              : StepProfile.nanos(shared.seconds(copies, (long) copies * own, padded, 0));
      time.set(gpu, Cause.SHARED_EXPERTS, nanos);
      slowest = Math.max(slowest, nanos);
    }
    time.set(Cause.SHARED_EXPERTS, slowest);
    time.set(Cause.OVERLAP, -Math.min(slowest, time.nanos(Cause.DISPATCH)));
  }
}
