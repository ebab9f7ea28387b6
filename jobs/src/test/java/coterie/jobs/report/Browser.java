package coterie.jobs.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium with one page, spoken to by its DevTools protocol. */
final class Browser implements AutoCloseable, WebSocket.Listener {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final long SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final String session;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final AtomicInteger last = new AtomicInteger();
  private final StringBuilder text = new StringBuilder();

  private Browser(Process process, URI address) {
    this.process = process;
    socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, this).join();
    var target = send("Target.createTarget", object().put("url", "about:blank"), "");
    var attach = object().put("targetId", target.get("targetId").asText()).put("flatten", true);
    session = send("Target.attachToTarget", attach, "").get("sessionId").asText();
    Stream.of("Runtime.enable", "Log.enable", "Page.enable").forEach(name -> send(name, object()));
  }

  /** Starts one, or skips the test where there is none. */
  static Browser start(Path profile) throws IOException {
    var found = find();
    assumeTrue(found.isPresent(), "no Chromium on the path; apt-get install chromium");
    var process =
        new ProcessBuilder(
                found.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    var lines = new ArrayList<String>();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
      if (line.startsWith("DevTools listening on ")) {
        return new Browser(process, URI.create(line.substring(line.indexOf("ws://"))));
      }
    }
    throw new IOException("Chromium ended: " + lines);
  }

  private static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  JsonNode send(String method, ObjectNode parameters) {
    return send(method, parameters, session);
  }

  private JsonNode send(String method, ObjectNode parameters, String to) {
    int id = last.incrementAndGet();
    var answer = new CompletableFuture<JsonNode>();
    answers.put(id, answer);
    var message = object().put("id", id).put("method", method);
    message.set("params", parameters);
    if (!to.isEmpty()) {
      message.put("sessionId", to);
    }
    socket.sendText(message.toString(), true).join();
    var reply = answer.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    if (reply.has("error")) {
      throw new IllegalStateException(method + ": " + reply.get("error"));
    }
    return reply.get("result");
  }

  /** The page sees a screen of this width. */
  void width(int pixels) {
    send(
        "Emulation.setDeviceMetricsOverride",
        object()
            .put("width", pixels)
            .put("height", 900)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  /** Opens a file and waits until the page says that it is ready. */
  void open(Path page) throws InterruptedException {
    send("Page.navigate", object().put("url", page.toUri().toString()));
    for (int tries = 0; tries < 600; tries++) {
      if (value("document.documentElement?.dataset.ready === 'true'").asBoolean()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("the page was not ready in 30 s: " + complaints);
  }

  /** What an expression gives in the page. */
  JsonNode value(String expression) {
    var wanted = object().put("expression", expression).put("returnByValue", true);
    var answer = send("Runtime.evaluate", wanted.put("awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.get("result").path("value");
  }

  /** Errors and exceptions of the page, and what it logged as an error or a warning. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** The page on paper, as a PDF. */
  byte[] paper() {
    var wanted = object().put("printBackground", true);
    return Base64.getDecoder().decode(send("Page.printToPDF", wanted).get("data").asText());
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean whole) {
    text.append(part);
    if (whole) {
      receive(text.toString());
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  private void receive(String message) {
    try {
      var json = MAPPER.readTree(message.getBytes(StandardCharsets.UTF_8));
      if (json.has("id")) {
        answers.remove(json.get("id").asInt()).complete(json);
      } else {
        listen(json.path("method").asText(), json.path("params"));
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void listen(String event, JsonNode details) {
    switch (event) {
      case "Runtime.exceptionThrown" -> complaints.add(details.toString());
      case "Log.entryAdded" -> {
        if (!details.path("entry").path("level").asText().equals("verbose")) {
          complaints.add(details.toString());
        }
      }
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning", "assert").contains(details.path("type").asText())) {
          complaints.add(details.toString());
        }
      }
      default -> {
        // Other events are of no interest.
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
