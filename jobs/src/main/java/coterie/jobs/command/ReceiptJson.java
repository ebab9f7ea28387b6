package coterie.jobs.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.analytics.AnalyzeReceipt;
import coterie.ingest.IngestReceipt;
import coterie.ingest.IngestRequest;
import coterie.ingest.block.SourceReport;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlannedLayer;
import coterie.jobs.simulate.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Receipts for programs: one object on one line. Names and units are those of the tables; a field
 * is never taken away or given another meaning, only added.
 */
final class ReceiptJson {

  private ReceiptJson() {}

  static ObjectNode of(IngestRequest request, IngestReceipt receipt, Stopwatch watch) {
    var json = start("ingest", watch);
    json.put("model", receipt.model().name())
        .put("revision", receipt.model().revision())
        .put("dataset", request.dataset())
        .put("files_read", receipt.ingested().size())
        .put("files_already_there", receipt.alreadyThere().size())
        .put("files_replaced", receipt.replaced().size())
        .put("files_unrecognised", receipt.unrecognised().size());
    account(json, receipt, "records", SourceReport::recordsRead, SourceReport::recordsKept);
    account(json, receipt, "tokens", SourceReport::tokensRead, SourceReport::tokensKept);
    var issues = json.putObject("issues");
    for (var file : receipt.ingested()) {
      file.report()
          .rejected()
          .forEach(
              (reason, count) -> {
                var name = reason.name().toLowerCase(Locale.ROOT);
                issues.put(name, issues.path(name).asLong() + count);
              });
    }
    return json;
  }

  private static void account(
      ObjectNode json,
      IngestReceipt receipt,
      String what,
      ToLongFunction<SourceReport> readOf,
      ToLongFunction<SourceReport> keptOf) {
    long read = receipt.ingested().stream().mapToLong(f -> readOf.applyAsLong(f.report())).sum();
    long kept = receipt.ingested().stream().mapToLong(f -> keptOf.applyAsLong(f.report())).sum();
    json.put(what + "_read", read).put(what + "_kept", kept).put(what + "_rejected", read - kept);
  }

  static ObjectNode of(AnalyzeReceipt receipt, Stopwatch watch) {
    var json = start("analyze", watch);
    json.put("days_present", receipt.daysPresent())
        .put("days_counted", receipt.daysCounted())
        .put("days_gone", receipt.daysGone());
    var rows = json.putObject("rows");
    receipt.rows().forEach(rows::put);
    return json;
  }

  static ObjectNode of(PlanRequest request, List<PlannedLayer> layers, Stopwatch watch) {
    var cluster = request.cluster();
    var json = start("plan", watch);
    json.put("plan", request.name())
        .put("model", request.data().model().name())
        .put("revision", request.data().model().revision())
        .put("planner", request.planner().label())
        .put("router", request.router().label())
        .put("gpus", cluster.gpus())
        .put("slots", cluster.slots())
        .put("layers", layers.size())
        .put("seed", request.seed());
    request.data().datasets().forEach(json.putArray("datasets")::add);
    var costs = json.putArray("planning_costs");
    if (request.countsOnly().isEmpty()) {
      for (int i = 0; i < request.batches().size(); i++) {
        costs.add(cost(request.batches().get(i), i, layers));
      }
    }
    return json;
  }

  private static ObjectNode cost(int batch, int index, List<PlannedLayer> layers) {
    double n = layers.size();
    return JsonNodeFactory.instance
        .objectNode()
        .put("batch", batch)
        .put("experts", layers.stream().mapToDouble(l -> l.costs().get(index).experts()).sum() / n)
        .put(
            "certificate",
            layers.stream().mapToDouble(l -> l.costs().get(index).certificate()).sum() / n);
  }

  static ObjectNode of(List<Verdict> verdicts, List<String> inSample, Stopwatch watch) {
    var json = start("simulate", watch);
    inSample.forEach(json.putArray("in_sample")::add);
    ArrayNode list = json.putArray("verdicts");
    for (var verdict : verdicts) {
      var object = list.addObject();
      object
          .put("plan", verdict.plan())
          .put("batch", verdict.batch())
          .put("router", verdict.router())
          .put("experts", verdict.experts())
          .put("standard_error", verdict.standardError())
          .put("certificate", verdict.certificate())
          .put("imbalance", verdict.imbalance());
      if (!Double.isNaN(verdict.moeSeconds())) {
        object.put("moe_seconds", verdict.moeSeconds());
      }
    }
    return json;
  }

  private static ObjectNode start(String command, Stopwatch watch) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("command", command)
        .put("seconds", Math.round(watch.seconds() * 1000) / 1000.0);
  }
}
