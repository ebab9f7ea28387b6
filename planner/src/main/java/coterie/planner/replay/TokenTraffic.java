package coterie.planner.replay;

import coterie.planner.profile.AllReduce;
import java.util.Arrays;

/**
 * Copies of tokens that a dispatch sends, by sender, receiver and link; the combine sends as many
 * the other way.
 *
 * <p>Once for each call in low-latency mode. In normal mode once for each GPU that a token needs;
 * to another NVLink domain once for the domain, to the GPU there with the sender's number, which
 * hands it on (DeepEP's two modes).
 */
final class TokenTraffic {

  private final int gpus;
  private final int domainGpus;

  /** {@code [link * gpus + gpu]} copies. */
  private final long[] sent;

  private final long[] received;

  TokenTraffic(int gpus, int domainGpus) {
    this.gpus = gpus;
    this.domainGpus = domainGpus;
    sent = new long[LinkClass.COUNT * gpus];
    received = new long[LinkClass.COUNT * gpus];
  }

  void clear() {
    Arrays.fill(sent, 0);
    Arrays.fill(received, 0);
  }

  /** One copy straight from one GPU to another. */
  void send(int from, int to) {
    int base = linkOf(from, to).place() * gpus;
    sent[base + from]++;
    received[base + to]++;
  }

  /**
   * One token to a set of GPUs in normal mode.
   *
   * @param needed {@code [gpus]} true for those that need it
   */
  void sendOnce(int from, boolean[] needed) {
    for (int domain = 0; domain < gpus; domain += domainGpus) {
      int end = Math.min(gpus, domain + domainGpus);
      if (any(needed, domain, end)) {
        int entry = from;
        if (from < domain || from >= end) {
          entry = Math.min(end - 1, domain + from % domainGpus);
          send(from, entry);
        }
        for (int gpu = domain; gpu < end; gpu++) {
          if (needed[gpu] && (gpu != entry || entry == from)) {
            send(entry, gpu);
          }
        }
      }
    }
  }

  private static boolean any(boolean[] needed, int from, int to) {
    for (int gpu = from; gpu < to; gpu++) {
      if (needed[gpu]) {
        return true;
      }
    }
    return false;
  }

  private LinkClass linkOf(int from, int to) {
    if (from == to) {
      return LinkClass.SAME_GPU;
    }
    return from / domainGpus == to / domainGpus ? LinkClass.NVLINK : LinkClass.NETWORK;
  }

  /** The larger of what a GPU sends and receives by NVLink, copies to itself included. */
  long nvlinkCopies(int gpu) {
    return Math.max(nvlink(sent, gpu), nvlink(received, gpu));
  }

  private long nvlink(long[] copies, int gpu) {
    return copies[LinkClass.SAME_GPU.place() * gpus + gpu]
        + copies[LinkClass.NVLINK.place() * gpus + gpu];
  }

  /** The same by network. */
  long networkCopies(int gpu) {
    int place = LinkClass.NETWORK.place() * gpus + gpu;
    return Math.max(sent[place], received[place]);
  }

  /** All copies over links of a class. */
  long copies(LinkClass link) {
    long copies = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      copies += sent[link.place() * gpus + gpu];
    }
    return copies;
  }

  /** Bytes that an all-reduce of {@code bytes} sends over all links. */
  static long allReduceBytes(int gpus, double bytes) {
    return Math.round(gpus * AllReduce.volume(gpus, bytes));
  }
}
