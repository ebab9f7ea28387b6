package coterie.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import coterie.jobs.Coterie;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The page of a small lake, whose second data set has a name that wants to be a script. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportTest {

  private static final String HOSTILE = SmallLake.HOSTILE;
  private static final int CHARTS = 7;

  private SmallLake lake;
  private Path page;
  private String html;
  private JsonNode model;
  private Browser browser;

  @BeforeAll
  void makeTheReport(@TempDir Path temporary) throws IOException {
    lake = new SmallLake(temporary.resolve("lake"));
    lake.run("report", "--out", temporary.resolve("out").toString());
    page = temporary.resolve("out/index.html");
    html = Files.readString(page);
    model = data().get("models").get(0);
  }

  private JsonNode data() throws IOException {
    var block =
        Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>")
            .matcher(html);
    assertThat(block.find()).isTrue();
    return new ObjectMapper().readTree(block.group(1));
  }

  @AfterAll
  void closeTheBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  /** The browser is started by the first test that needs it, so that the others are not skipped. */
  private Browser open(int width) throws IOException, InterruptedException {
    if (browser == null) {
      browser = Browser.start(page.resolveSibling("profile"));
    }
    browser.width(width);
    browser.open(page);
    return browser;
  }

  @Test
  void itIsOneFileThatNamesNoOther() {
    assertThat(html).doesNotContainPattern("(src|href)\\s*=\\s*[\"'](?!#)[^\"']");
    assertThat(html).contains("default-src 'none'");
    assertThat(html.length()).isLessThan(3_000_000);
  }

  @Test
  void namesInTheDataStayText() throws IOException, InterruptedException {
    assertThat(html).doesNotContain("<script>alert");
    var seen = open(1600);
    assertThat(seen.value("document.body.innerText").asText()).contains(HOSTILE);
    assertThat(
            seen.value("[...document.scripts].some(s => s.textContent === 'alert(1)')").asBoolean())
        .isFalse();
  }

  /** What is shown is what was simulated: 1 - time of the plan / time of today's. */
  @Test
  void theVerdictIsThatOfTheTable() throws IOException, InterruptedException {
    var answer =
        lake.run(
            "sql",
            "--format",
            "csv",
            "SELECT 100 * (1 - sum(if(plan = 'tonight', moe_seconds, 0))"
                + " / sum(if(plan = 'eplb', moe_seconds, 0))) AS cut FROM replay"
                + " WHERE batch = 16 AND router = 'exact'");
    double cut = Double.parseDouble(answer.outLines().get(1));
    var headline = open(1600).value("document.querySelector('h1').innerText").asText();
    assertThat(headline).contains("with 1 spare slot per GPU").contains("at batch 16");
    var figure = Pattern.compile("([0-9.]+) % ±").matcher(headline);
    assertThat(figure.find()).as(headline).isTrue();
    assertThat(Double.parseDouble(figure.group(1))).isCloseTo(Math.abs(cut), within(0.051));
  }

  @Test
  void noPlanIsShownBelowItsCertificate() {
    for (var verdict : model.get("judged").get("verdicts")) {
      assertThat(verdict.get("seconds").asDouble())
          .isGreaterThanOrEqualTo(verdict.get("certificateSeconds").asDouble());
    }
  }

  /** Without replicas: the pairs of a layer whose experts share a GPU, over all of its pairs. */
  @Test
  void pairsOnOneGpuAreThoseOfTheTables() {
    var answer =
        lake.run(
            "sql",
            "--format",
            "csv",
            "WITH host AS (SELECT layer, expert, slot div 4 AS gpu FROM plan_layer"
                + " LATERAL VIEW posexplode(slots) AS slot, expert WHERE plan = 'eplb'),"
                + " called AS (SELECT layer, a, b, tokens FROM coactivation_total"
                + " WHERE dataset LIKE '<%' AND phase = 'decode')"
                + " SELECT sum(if(x.gpu = y.gpu, c.tokens, 0)) / sum(c.tokens) FROM called c"
                + " JOIN host x ON c.layer = x.layer AND c.a = x.expert"
                + " JOIN host y ON c.layer = y.layer AND c.b = y.expert"
                + " GROUP BY c.layer ORDER BY c.layer");
    var plans = model.get("plans").findValuesAsText("name");
    var together = model.get("pairs").get("together").get(plans.indexOf("eplb"));
    assertThat(together).hasSize(12);
    for (int layer = 0; layer < 12; layer++) {
      assertThat(together.get(layer).asDouble())
          .isCloseTo(Double.parseDouble(answer.outLines().get(layer + 1)), within(1e-5));
    }
  }

  @Test
  void allChartsAreDrawnWithoutAnyError() throws IOException, InterruptedException {
    var seen = open(1600);
    assertThat(
            seen.value(
                    "[...document.querySelectorAll('.chart')].filter(c => c.querySelector('svg"
                        + " path, svg rect') || c.querySelector('canvas')).length")
                .asInt())
        .isEqualTo(CHARTS);
    assertThat(
            seen.value(
                    "[...document.querySelectorAll('.chart')].every(c => c.getAttribute('role') ==="
                        + " 'img' && c.getAttribute('aria-label').length > 20)")
                .asBoolean())
        .isTrue();
    assertThat(
            seen.value(
                    "[...document.querySelectorAll('figure')].every(f =>"
                        + " f.querySelector('figcaption').innerText.length > 60)")
                .asBoolean())
        .isTrue();
    assertThat(seen.value("document.documentElement.dataset.errors || ''").asText()).isEmpty();
    assertThat(seen.complaints()).isEmpty();
  }

  @Test
  void everyChartHasItsDataAsATable() throws IOException, InterruptedException {
    var seen = open(1600);
    seen.value("document.querySelectorAll('details').forEach(d => { d.open = true; })");
    var rows =
        seen.value(
            "new Promise(done => setTimeout(() => done([...document.querySelectorAll('details')]"
                + ".map(d => d.querySelectorAll('tbody tr').length)), 200))");
    assertThat(rows).hasSize(7).allSatisfy(count -> assertThat(count.asInt()).isPositive());
  }

  @Test
  void controlsChangeWhatIsShown() throws IOException, InterruptedException {
    var seen = open(1600);
    var headline = "document.querySelector('h1').innerText";
    var before = seen.value(headline).asText();
    choose(seen, "batch", "1");
    assertThat(seen.value(headline).asText()).isNotEqualTo(before).contains("batch 1");
    choose(seen, "router", "vllm");
    assertThat(seen.value("document.querySelector('.lead').innerText").asText())
        .contains("router vllm");
    choose(seen, "plan", "eplb");
    assertThat(seen.value(headline).asText()).startsWith("eplb is today’s plan.");
    choose(seen, "layer", "7");
    assertThat(seen.value("document.querySelector('#pairs .finding').innerText").asText())
        .startsWith("In layer 7, ");
    choose(seen, "order", "id");
    assertThat(
            seen.value("document.querySelector('#pairs .square').getAttribute('aria-label')")
                .asText())
        .endsWith("ordered by id");
    choose(seen, "dataset", "1");
    assertThat(seen.value("document.querySelector('#loads figcaption').innerText").asText())
        .contains("monday");
    assertThat(seen.value("document.activeElement.id").asText()).isEqualTo("choose-dataset");
    assertThat(seen.complaints()).isEmpty();
  }

  private static void choose(Browser seen, String name, String value) {
    seen.value(
        ("(s => { s.focus(); s.value = '%s'; s.dispatchEvent(new Event('change')); })"
                + "(document.getElementById('choose-%s'))")
            .formatted(value, name));
  }

  @Test
  void nothingIsWiderThanTheScreen() throws IOException, InterruptedException {
    for (int width : new int[] {400, 800, 1600}) {
      var seen = open(width);
      assertThat(
              seen.value(
                      "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                  .asInt())
          .as("pixels too wide at %d", width)
          .isZero();
    }
  }

  @Test
  void lightAndDarkDifferAndPaperIsPossible() throws IOException, InterruptedException {
    var seen = open(1600);
    var ground = "getComputedStyle(document.body).backgroundColor";
    var light = seen.value(ground).asText();
    seen.value("document.getElementById('theme').click()");
    assertThat(seen.value(ground).asText()).isNotEqualTo(light);
    assertThat(new String(seen.paper(), 0, 5, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("%PDF-");
    assertThat(seen.complaints()).isEmpty();
  }

  /** Each of the commands that filled the lake was given --json. */
  @Test
  void receiptsForProgramsAreOneObjectOnOneLine() throws IOException {
    var mapper = new ObjectMapper();
    var commands = new ArrayList<String>();
    for (String receipt : lake.receipts()) {
      assertThat(receipt.lines()).hasSize(1);
      var json = mapper.readTree(receipt);
      assertThat(json.get("seconds").asDouble()).isPositive();
      commands.add(json.get("command").asText());
    }
    assertThat(commands).containsExactly("ingest", "ingest", "analyze", "plan", "plan", "simulate");
    var ingest = mapper.readTree(lake.receipts().get(0));
    assertThat(ingest.get("records_read").asInt()).isEqualTo(250);
    assertThat(ingest.get("records_kept").asInt()).isEqualTo(250);
    assertThat(mapper.readTree(lake.receipts().get(5)).get("verdicts")).hasSize(2 * 3 * 2);
  }

  @Test
  void quietCommandsSayNothingButAnswersRemain() {
    var file = page.resolveSibling("eplb.json");
    var quiet = lake.run("export --plan eplb --format coterie --quiet", "--out", file.toString());
    assertThat(quiet.out()).isEmpty();
    assertThat(file).exists();
    assertThat(lake.run("sql", "--quiet", "SELECT 41 + 1 AS answer").out()).contains("42");
  }

  @Test
  void aPlanThatWasNotJudgedIsRefusedByName() {
    var refused =
        Coterie.run(
            "report",
            "--lake",
            lake.folder().toString(),
            "--out",
            page.getParent().toString(),
            "--today",
            "none");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .contains("--today 'none' is not among the plans judged last")
        .contains("eplb");
  }
}
