package coterie.notebooks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.rapaio.jupyter.kernel.display.DisplayData;

/**
 * Small charts as SVG: the last expression of a cell is drawn below it.
 *
 * <p>Text and axes take the colour of the page, so that they can be read on light and dark ones.
 */
public final class Chart {

  private static final String[] COLOURS = {
    "#3b82c4", "#e07b39", "#3f9b5c", "#b45ac0", "#c0504d", "#8a8a8a", "#c9a227", "#4a4a8a"
  };
  private static final int WIDTH = 640;
  private static final int HEIGHT = 310;
  private static final int LEFT = 58;
  private static final int RIGHT = 150;
  private static final int TOP = 46;
  private static final int BOTTOM = 46;

  private record Series(String name, double[] x, double[] y, boolean line) {}

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Series> series = new ArrayList<>();
  private boolean fromZero;

  private Chart(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  public static Chart of(String title, String xLabel, String yLabel) {
    return new Chart(title, xLabel, yLabel);
  }

  /** Points joined by a line. */
  public Chart line(String name, double[] x, double[] y) {
    series.add(new Series(name, x, y, true));
    return this;
  }

  /** Points. */
  public Chart points(String name, double[] x, double[] y) {
    series.add(new Series(name, x, y, false));
    return this;
  }

  /** The vertical axis begins at 0. */
  public Chart fromZero() {
    fromZero = true;
    return this;
  }

  /** Draws points and lines over both axes. */
  public DisplayData draw() {
    var x = Axis.of(series.stream().flatMapToDouble(s -> Arrays.stream(s.x)).toArray(), false);
    var y = Axis.of(series.stream().flatMapToDouble(s -> Arrays.stream(s.y)).toArray(), fromZero);
    DoubleUnaryOperator px = v -> LEFT + x.at(v) * (WIDTH - LEFT - RIGHT);
    DoubleUnaryOperator py = v -> HEIGHT - BOTTOM - y.at(v) * (HEIGHT - TOP - BOTTOM);
    var svg = new StringBuilder();
    for (double tick : y.ticks()) {
      svg.append(rule(LEFT, py.applyAsDouble(tick), WIDTH - RIGHT, py.applyAsDouble(tick)));
      svg.append(text(LEFT - 6, py.applyAsDouble(tick) + 4, "end", y.label(tick)));
    }
    for (double tick : x.ticks()) {
      svg.append(text(px.applyAsDouble(tick), HEIGHT - BOTTOM + 18, "middle", x.label(tick)));
    }
    svg.append(text(LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 8, "middle", xLabel));
    for (int i = 0; i < series.size(); i++) {
      svg.append(drawn(series.get(i), COLOURS[i % COLOURS.length], px, py));
      svg.append(legend(i, series.get(i).name));
    }
    return svg(title, yLabel, WIDTH, HEIGHT, svg);
  }

  private static String drawn(
      Series series, String colour, DoubleUnaryOperator px, DoubleUnaryOperator py) {
    var svg = new StringBuilder();
    var path = new StringBuilder();
    for (int i = 0; i < series.x.length; i++) {
      var at =
          "%.1f,%.1f"
              .formatted(px.applyAsDouble(series.x[i]), py.applyAsDouble(series.y[i]))
              .split(",", 2);
      path.append(i == 0 ? "M" : " L").append(at[0]).append(' ').append(at[1]);
      svg.append(
          "<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"%s\" fill-opacity=\"0.8\"/>\n"
              .formatted(at[0], at[1], colour));
    }
    if (series.line) {
      svg.append(
          "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n".formatted(path, colour));
    }
    return svg.toString();
  }

  private static String legend(int index, String name) {
    double y = TOP + 8 + 18.0 * index;
    return "<rect x=\"%d\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>\n"
            .formatted(WIDTH - RIGHT + 14, y - 9, COLOURS[index % COLOURS.length])
        + text(WIDTH - RIGHT + 30, y, "start", name);
  }

  /** A bar for each label, in groups of the colours of {@code names}. */
  public static DisplayData bars(
      String title, String yLabel, List<String> labels, List<String> names, double[][] values) {
    var y = Axis.of(Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray(), true);
    DoubleUnaryOperator py = v -> HEIGHT - BOTTOM - y.at(v) * (HEIGHT - TOP - BOTTOM);
    var svg = new StringBuilder();
    for (double tick : y.ticks()) {
      svg.append(rule(LEFT, py.applyAsDouble(tick), WIDTH - RIGHT, py.applyAsDouble(tick)));
      svg.append(text(LEFT - 6, py.applyAsDouble(tick) + 4, "end", y.label(tick)));
    }
    double group = (double) (WIDTH - LEFT - RIGHT) / labels.size();
    double bar = 0.8 * group / names.size();
    int every = (int) Math.ceil(labels.size() / 16.0);
    for (int l = 0; l < labels.size(); l++) {
      for (int n = 0; n < names.size(); n++) {
        double top = py.applyAsDouble(values[n][l]);
        svg.append(
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n"
                .formatted(
                    LEFT + group * (l + 0.1) + bar * n,
                    top,
                    bar,
                    HEIGHT - BOTTOM - top,
                    COLOURS[n % COLOURS.length]));
      }
      if (l % every == 0) {
        svg.append(text(LEFT + group * (l + 0.5), HEIGHT - BOTTOM + 18, "middle", labels.get(l)));
      }
    }
    if (names.size() > 1) {
      for (int n = 0; n < names.size(); n++) {
        svg.append(legend(n, names.get(n)));
      }
    }
    return svg(title, yLabel, WIDTH, HEIGHT, svg);
  }

  /**
   * A square matrix as colours, from white (at most 1) to blue (at {@code most} and above).
   *
   * @param order ids of rows and columns, from the upper left
   */
  public static DisplayData heat(String title, double[][] values, int[] order, double most) {
    int cell = 11;
    int side = cell * order.length;
    var svg = new StringBuilder();
    for (int r = 0; r < order.length; r++) {
      svg.append(text(LEFT - 5, TOP + cell * (r + 0.85), "end", "" + order[r], 9));
      for (int c = 0; c < order.length; c++) {
        double shade = Math.min(1, Math.max(0, (values[order[r]][order[c]] - 1) / (most - 1)));
        svg.append(
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
                .formatted(LEFT + cell * c, TOP + cell * r, cell, cell, blue(shade)));
      }
    }
    return svg(title, "", LEFT + side + 20, TOP + side + 12, svg);
  }

  private static String blue(double shade) {
    return "rgb(%d,%d,%d)"
        .formatted(
            Math.round(245 - 215 * shade),
            Math.round(247 - 150 * shade),
            Math.round(250 - 65 * shade));
  }

  private static String rule(double x1, double y1, double x2, double y2) {
    return "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\" stroke-opacity=\"0.2\"/>%n"
        .formatted(x1, y1, x2, y2);
  }

  private static String text(double x, double y, String anchor, String text) {
    return text(x, y, anchor, text, 12);
  }

  private static String text(double x, double y, String anchor, String text, int size) {
    var escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    return "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>%n"
        .formatted(x, y, anchor, size, escaped);
  }

  private static DisplayData svg(
      String title, String yLabel, int width, int height, CharSequence content) {
    return DisplayData.fromHtml(
        """
        <svg viewBox="0 0 %d %d" width="%d" role="img" aria-label="%s" style="max-width:100%%" \
        font-family="sans-serif" fill="currentColor">
        %s%s%s</svg>
        """
            .formatted(
                width,
                height,
                width,
                title,
                text(8, 16, "start", title, 14),
                text(8, 31, "start", yLabel, 11),
                content));
  }

  /** A linear axis over round numbers. */
  private record Axis(double low, double high, double step) {

    static Axis of(double[] values, boolean fromZero) {
      double least = fromZero ? 0 : Arrays.stream(values).min().orElse(0);
      double most = Arrays.stream(values).max().orElse(1);
      double rough = Math.max(1e-12, most - least) / 5;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double step = power;
      for (double factor : new double[] {2, 5, 10}) {
        step = step < rough ? factor * power : step;
      }
      return new Axis(Math.floor(least / step) * step, Math.ceil(most / step) * step, step);
    }

    double at(double value) {
      return (value - low) / (high - low);
    }

    double[] ticks() {
      int count = (int) Math.round((high - low) / step);
      var ticks = new double[count + 1];
      for (int i = 0; i <= count; i++) {
        ticks[i] = low + i * step;
      }
      return ticks;
    }

    String label(double tick) {
      int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
      return String.format(Locale.ROOT, "%,." + digits + "f", tick);
    }
  }
}
