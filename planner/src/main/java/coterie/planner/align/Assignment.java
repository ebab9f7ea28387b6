package coterie.planner.align;

import java.util.Arrays;

/**
 * The cheapest one-to-one assignment of rows to columns.
 *
 * <p>Kuhn's Hungarian method by shortest augmenting paths with potentials (Jonker, Volgenant, "A
 * shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing
 * 1987, without its start-up phases). O(n^3).
 */
public final class Assignment {

  private final double[][] cost;
  private final int size;
  private final double[] rowPotential;
  private final double[] columnPotential;

  /** {@code [columns + 1]} the row of each column; the column after the last starts a search. */
  private final int[] rowOf;

  private final int[] cameFrom;

  private Assignment(double[][] cost) {
    this.cost = cost;
    size = cost.length;
    rowPotential = new double[size];
    columnPotential = new double[size + 1];
    rowOf = new int[size + 1];
    cameFrom = new int[size + 1];
    Arrays.fill(rowOf, -1);
  }

  /**
   * Assigns.
   *
   * @param cost {@code [n][n]} finite costs, any unit
   * @return {@code [n]} the column of each row
   */
  public static int[] cheapest(double[][] cost) {
    for (var row : cost) {
      if (row.length != cost.length) {
        throw new IllegalArgumentException(
            "%d costs in a row of %d".formatted(row.length, cost.length));
      }
    }
    var assignment = new Assignment(cost);
    for (int row = 0; row < cost.length; row++) {
      assignment.augment(row);
    }
    var columnOf = new int[cost.length];
    for (int column = 0; column < cost.length; column++) {
      columnOf[assignment.rowOf[column]] = column;
    }
    return columnOf;
  }

  private void augment(int newRow) {
    var distance = new double[size];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    var reached = new boolean[size + 1];
    int column = size;
    rowOf[size] = newRow;
    do {
      reached[column] = true;
      column = relax(column, distance, reached);
    } while (rowOf[column] >= 0);
    while (column != size) {
      rowOf[column] = rowOf[cameFrom[column]];
      column = cameFrom[column];
    }
  }

  /** Scans the row of a reached column and moves the potentials; the nearest column comes next. */
  private int relax(int column, double[] distance, boolean[] reached) {
    int row = rowOf[column];
    int nearest = -1;
    for (int other = 0; other < size; other++) {
      if (!reached[other]) {
        double reduced = cost[row][other] - rowPotential[row] - columnPotential[other];
        if (reduced < distance[other]) {
          distance[other] = reduced;
          cameFrom[other] = column;
        }
        if (nearest < 0 || distance[other] < distance[nearest]) {
          nearest = other;
        }
      }
    }
    double step = distance[nearest];
    for (int other = 0; other <= size; other++) {
      if (reached[other]) {
        rowPotential[rowOf[other]] += step;
        columnPotential[other] -= step;
      } else if (other < size) {
        distance[other] -= step;
      }
    }
    return nearest;
  }
}
