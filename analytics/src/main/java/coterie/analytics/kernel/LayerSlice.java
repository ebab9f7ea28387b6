package coterie.analytics.kernel;

import coterie.ingest.table.PackedExperts;

/**
 * One layer of a block, unpacked: {@code topK} places a token, those of the experts that it calls
 * first. One slice serves all blocks of a model in turn.
 */
final class LayerSlice {

  private final int topK;
  private int[] ids = {};
  private int[] sizes = {};
  private int tokens;
  private boolean full;

  LayerSlice(int topK) {
    this.topK = topK;
  }

  /** Unpacks a layer; {@code layer} counts MoE layers from 0. */
  void read(PackedExperts block, int layer) {
    tokens = block.tokens();
    if (ids.length < tokens * topK) {
      ids = new int[tokens * topK];
      sizes = new int[tokens];
    }
    full = block.idBytes() == 1;
    if (full) {
      readBytes(block.data(), layer * tokens * topK);
    } else {
      readShorts(block.data(), 2 * layer * tokens * topK);
    }
  }

  private void readBytes(byte[] data, int from) {
    int count = tokens * topK;
    for (int i = 0; i < count; i++) {
      ids[i] = data[from + i] & 0xFF;
    }
  }

  private void readShorts(byte[] data, int from) {
    full = true;
    int at = from;
    for (int token = 0; token < tokens; token++) {
      int size = 0;
      for (int k = 0; k < topK; k++, at += 2) {
        int id = (data[at] & 0xFF) | (data[at + 1] & 0xFF) << 8;
        if (id != PackedExperts.ABSENT) {
          ids[token * topK + size++] = id;
        }
      }
      sizes[token] = size;
      full &= size == topK;
    }
  }

  int tokens() {
    return tokens;
  }

  int topK() {
    return topK;
  }

  /** True if every token calls all k experts. */
  boolean full() {
    return full;
  }

  /** Experts that a token calls in this layer. */
  int size(int token) {
    return full ? topK : sizes[token];
  }

  /** Ids, those of token t from {@code t * topK} on; not copied. */
  int[] ids() {
    return ids;
  }
}
