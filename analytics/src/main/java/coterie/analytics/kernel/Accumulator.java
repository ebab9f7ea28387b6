package coterie.analytics.kernel;

import java.util.Iterator;

/** Counts blocks one by one, and gives its counts away when asked or when they grow too big. */
interface Accumulator<V> {

  void add(Block block);

  /** Memory of the counts so far, about. */
  long bytes();

  /** Gives the counts away and starts anew. */
  Iterator<V> drain();
}
