package coterie.jobs.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;

/**
 * What pair counting is measured by: blocks in memory, threads that each update the whole k x k
 * square of a dense matrix for every token. No tables, no files, no merge over processes.
 */
final class FullMatrixLoop {

  private final int layers;
  private final int experts;
  private final int topK;

  FullMatrixLoop(int layers, int experts, int topK) {
    this.layers = layers;
    this.experts = experts;
    this.topK = topK;
  }

  /** Token-pairs that all threads together counted, diagonal and both triangles included. */
  long run(List<byte[]> blocks, int threads, ExecutorService executor) {
    var work = new ArrayList<Callable<Long>>();
    for (int thread = 0; thread < threads; thread++) {
      int from = (int) ((long) blocks.size() * thread / threads);
      int to = (int) ((long) blocks.size() * (thread + 1) / threads);
      work.add(() -> count(blocks.subList(from, to)));
    }
    try {
      long sum = 0;
      for (var part : executor.invokeAll(work)) {
        sum += part.get();
      }
      return sum;
    } catch (InterruptedException | ExecutionException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private long count(List<byte[]> blocks) {
    var cells = new int[layers][experts * experts];
    for (byte[] block : blocks) {
      int tokens = block.length / (layers * topK);
      for (int layer = 0; layer < layers; layer++) {
        count(block, layer * tokens * topK, tokens, cells[layer]);
      }
    }
    long sum = 0;
    for (int[] layer : cells) {
      for (int cell : layer) {
        sum += cell;
      }
    }
    return sum;
  }

  private void count(byte[] block, int from, int tokens, int[] cells) {
    int at = from;
    for (int token = 0; token < tokens; token++, at += topK) {
      for (int i = 0; i < topK; i++) {
        int row = (block[at + i] & 0xFF) * experts;
        for (int j = 0; j < topK; j++) {
          cells[row + (block[at + j] & 0xFF)]++;
        }
      }
    }
  }
}
