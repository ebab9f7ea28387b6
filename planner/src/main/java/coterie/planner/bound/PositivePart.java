package coterie.planner.bound;

import java.util.Arrays;

/**
 * The positive part of a symmetric matrix: its nearest positive semidefinite one.
 *
 * <p>Cyclic Jacobi (Golub, Van Loan, "Matrix computations", 8.5), begun with the eigenvectors of
 * the call before, since an ascent moves its matrix little; O(n^3) a sweep, a few sweeps. Whatever
 * its vectors are, what it returns is a sum of outer products with positive weights and so positive
 * semidefinite but for rounding.
 */
final class PositivePart {

  private static final int MOST_SWEEPS = 30;
  private static final double NEGLIGIBLE = 1e-11;

  private final int n;

  /** {@code [vector * n + entry]}. */
  private final double[] vectors;

  private final double[] rotated;
  private final double[] product;

  PositivePart(int n) {
    this.n = n;
    vectors = new double[n * n];
    rotated = new double[n * n];
    product = new double[n * n];
    for (int i = 0; i < n; i++) {
      vectors[i * n + i] = 1;
    }
  }

  /** Replaces the matrix, {@code [n * n]} and symmetric, by its positive part. */
  void project(double[] matrix) {
    rotate(matrix);
    double scale = 0;
    for (double value : rotated) {
      scale = Math.max(scale, Math.abs(value));
    }
    boolean settled = scale == 0;
    for (int sweep = 0; sweep < MOST_SWEEPS && !settled; sweep++) {
      settled = true;
      for (int p = 0; p < n - 1; p++) {
        for (int q = p + 1; q < n; q++) {
          if (Math.abs(rotated[p * n + q]) > NEGLIGIBLE * scale) {
            annihilate(p, q);
            settled = false;
          }
        }
      }
    }
    compose(matrix);
  }

  /** The matrix in the basis of the vectors. */
  private void rotate(double[] matrix) {
    Arrays.fill(product, 0);
    for (int v = 0; v < n; v++) {
      for (int i = 0; i < n; i++) {
        double entry = vectors[v * n + i];
        for (int j = 0; j < n; j++) {
          product[v * n + j] += entry * matrix[i * n + j];
        }
      }
    }
    for (int v = 0; v < n; v++) {
      for (int w = 0; w <= v; w++) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum += product[v * n + j] * vectors[w * n + j];
        }
        rotated[v * n + w] = sum;
        rotated[w * n + v] = sum;
      }
    }
  }

  private void annihilate(int p, int q) {
    double theta = (rotated[q * n + q] - rotated[p * n + p]) / (2 * rotated[p * n + q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cosine = 1 / Math.sqrt(t * t + 1);
    double sine = t * cosine;
    turn(rotated, p, q, cosine, sine);
    for (int i = 0; i < n; i++) {
      double atP = rotated[i * n + p];
      double atQ = rotated[i * n + q];
      rotated[i * n + p] = cosine * atP - sine * atQ;
      rotated[i * n + q] = sine * atP + cosine * atQ;
    }
    turn(vectors, p, q, cosine, sine);
  }

  private void turn(double[] rows, int p, int q, double cosine, double sine) {
    for (int i = 0; i < n; i++) {
      double atP = rows[p * n + i];
      double atQ = rows[q * n + i];
      rows[p * n + i] = cosine * atP - sine * atQ;
      rows[q * n + i] = sine * atP + cosine * atQ;
    }
  }

  private void compose(double[] matrix) {
    Arrays.fill(matrix, 0);
    for (int v = 0; v < n; v++) {
      double value = rotated[v * n + v];
      if (value > 0) {
        for (int i = 0; i < n; i++) {
          double entry = value * vectors[v * n + i];
          for (int j = 0; j <= i; j++) {
            matrix[i * n + j] += entry * vectors[v * n + j];
          }
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        matrix[j * n + i] = matrix[i * n + j];
      }
    }
  }
}
