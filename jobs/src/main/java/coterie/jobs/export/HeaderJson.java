package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.ingest.container.MalformedException;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Cluster;
import java.util.stream.IntStream;

/** What a plan was made from, as JSON: the same in plan files and in fingerprints. */
final class HeaderJson {

  private HeaderJson() {}

  static ObjectNode write(Plan.Header header) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("name", header.name());
    json.put("model", header.model());
    json.put("revision", header.revision());
    json.set("cluster", cluster(header.cluster()));
    var datasets = json.putArray("datasets");
    header.datasets().forEach(datasets::add);
    json.put("phase", header.phase());
    var batches = json.putArray("batches");
    header.batches().forEach(batches::add);
    json.put("planner", header.planner());
    json.put("router", header.router());
    json.put("seed", header.seed());
    json.put("steps_per_batch", header.stepsPerBatch());
    json.put("proposals", header.proposals());
    json.put("goal", header.goal());
    return json;
  }

  private static ObjectNode cluster(Cluster cluster) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("nodes", cluster.nodes());
    json.put("ranks", cluster.gpus());
    var slots = json.putArray("slots_of_rank");
    IntStream.range(0, cluster.gpus()).map(cluster::slotsOf).forEach(slots::add);
    return json;
  }

  static Plan.Header read(JsonNode json) throws MalformedException {
    return new Plan.Header(
        JsonFile.text(json, "name"),
        JsonFile.text(json, "model"),
        JsonFile.text(json, "revision"),
        JsonFile.texts(json, "datasets"),
        JsonFile.text(json, "phase"),
        cluster(JsonFile.field(json, "cluster")),
        JsonFile.integers(JsonFile.field(json, "batches"), "batches"),
        JsonFile.text(json, "planner"),
        JsonFile.text(json, "router"),
        JsonFile.longInteger(json, "seed"),
        JsonFile.integer(json, "steps_per_batch"),
        JsonFile.longInteger(json, "proposals"),
        JsonFile.text(json, "goal"));
  }

  private static Cluster cluster(JsonNode json) throws MalformedException {
    var slots = JsonFile.integers(JsonFile.field(json, "slots_of_rank"), "slots_of_rank");
    int ranks = JsonFile.integer(json, "ranks");
    unless(ranks == slots.size(), "ranks is %d, slots_of_rank has %d", ranks, slots.size());
    try {
      return Cluster.ofSlots(
          JsonFile.integer(json, "nodes"), slots.stream().mapToInt(Integer::intValue).toArray());
    } catch (IllegalArgumentException impossible) {
      throw new MalformedException("cluster: " + impossible.getMessage());
    }
  }
}
