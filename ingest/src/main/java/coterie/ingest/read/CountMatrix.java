package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import java.io.IOException;
import java.util.Arrays;

/**
 * A JSON array of counts, {@code [layers][experts]} or {@code [passes][layers][experts]}, read pass
 * by pass. What is wrong within a pass is remembered, and reading goes on behind it.
 *
 * <p>No more than the model's layers and experts are held; what exceeds them is counted only.
 */
final class CountMatrix {

  private static final int MAX_DIMENSIONS = 3;

  private final long[] counts;
  private final int stride;
  private int dimensions;
  private int depth = 1;
  private long rows;
  private long columns;
  private long column;
  private String problem;

  /** A matrix whose opening bracket was read. */
  CountMatrix(ModelGeometry model) {
    stride = model.experts();
    counts = new long[model.hiddenLayers() * stride];
  }

  /**
   * Reads the next pass.
   *
   * @return false if there is none, and the array's closing bracket was read
   * @throws IOException if the text ends or is no JSON
   */
  boolean readPass(JsonParser json) throws IOException {
    if (depth == 0) {
      return false;
    }
    reset();
    while (true) {
      var token = json.nextToken();
      if (token == JsonToken.START_ARRAY) {
        open();
      } else if (token != JsonToken.END_ARRAY) {
        add(json, token);
      } else if (close()) {
        return true;
      } else if (depth == 0) {
        return false;
      }
    }
  }

  private void reset() {
    Arrays.fill(counts, 0);
    rows = 0;
    columns = 0;
    column = 0;
    problem = null;
  }

  private void open() {
    depth++;
    column = 0;
    if (depth > (dimensions == 0 ? MAX_DIMENSIONS : dimensions)) {
      fail("nested %d deep".formatted(depth));
    }
  }

  /** Goes out of one array; true if that ends a pass. */
  private boolean close() {
    if (dimensions == 0) {
      fail("an empty array, or one of one dimension");
    } else if (depth == dimensions) {
      endRow();
    }
    depth--;
    boolean matrixEnds = depth == 0;
    // What stood between passes and was none is told at the end.
    return dimensions == MAX_DIMENSIONS
        ? depth == 1 || (matrixEnds && problem != null)
        : matrixEnds;
  }

  private void endRow() {
    if (rows == 0) {
      columns = column;
    } else if (column != columns) {
      fail("%d counts in row %d and %d in row 0".formatted(column, rows, columns));
    }
    rows++;
  }

  private void add(JsonParser json, JsonToken token) throws IOException {
    if (dimensions == 0 && (depth == 2 || depth == MAX_DIMENSIONS)) {
      dimensions = depth;
    }
    if (depth != dimensions) {
      fail("%s between arrays".formatted(json.getText()));
      json.skipChildren();
      return;
    }
    long value = value(json, token);
    if (rows < counts.length / stride && column < stride) {
      counts[(int) (rows * stride + column)] = value;
    }
    column++;
  }

  private long value(JsonParser json, JsonToken token) throws IOException {
    try {
      if (token.isNumeric()) {
        return WholeNumber.of(
            json.getDoubleValue(), () -> "count %d in row %d".formatted(column, rows));
      }
      fail(json.getText() + " in place of a count");
      json.skipChildren();
    } catch (MalformedException noCount) {
      fail(noCount.getMessage());
    }
    return 0;
  }

  private void fail(String what) {
    if (problem == null) {
      problem = what;
    }
  }

  /** Throws if the pass has what is no count, or rows of different lengths. */
  void requireSound() throws MalformedException {
    MalformedException.unless(problem == null, "array of counts: %s", problem);
  }

  int rows() {
    return (int) Math.min(rows, Integer.MAX_VALUE);
  }

  int columns() {
    return (int) Math.min(columns, Integer.MAX_VALUE);
  }

  long count(int row, int column) {
    return counts[row * stride + column];
  }
}
