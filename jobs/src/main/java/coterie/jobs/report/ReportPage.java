package coterie.jobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One file that needs no other: the page, its style, its scripts, the charting library and the
 * data.
 *
 * <p>The data are JSON in a script element. {@code <} is written as an escape, so that no name in
 * the data can end the element or begin another; the scripts put names into the page as text only.
 */
public final class ReportPage {

  private static final String[] SCRIPTS = {
    "echarts/echarts.min.js", "base.js", "verdict.js", "statistics.js", "page.js"
  };

  private ReportPage() {}

  /** The whole file. */
  public static String of(JsonNode data) {
    var page = new StringBuilder();
    for (String part : split(resource("page.html"))) {
      switch (part) {
        case "style" -> page.append(resource("page.css"));
        case "data" -> page.append(escaped(data));
        case "scripts" -> scripts(page);
        default -> page.append(part);
      }
    }
    return page.toString();
  }

  private static String[] split(String template) {
    return template.split("\\{\\{|\\}\\}", -1);
  }

  private static void scripts(StringBuilder page) {
    for (String script : SCRIPTS) {
      page.append("<script>\n").append(resource(script)).append("\n</script>\n");
    }
  }

  private static String escaped(JsonNode data) {
    return data.toString()
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream("/coterie/report/" + name)) {
      return new String(
          Objects.requireNonNull(in, () -> "resource coterie/report/" + name).readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
