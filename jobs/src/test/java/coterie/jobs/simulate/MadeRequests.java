package coterie.jobs.simulate;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelGeometry.ExpertSize;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Lake;
import coterie.jobs.lake.Selection;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.replay.Allocator;
import coterie.planner.replay.OpenLoop;
import coterie.planner.replay.SignatureDistances;
import coterie.planner.routing.RouterRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** A small lake of requests with and without prompts: three layers of eight experts, top-2. */
final class MadeRequests {

  static final ModelGeometry MODEL =
      new ModelGeometry(
          "made", "main", 4, List.of(1, 2, 3), 8, 2, 0, new ExpertSize(512, 256, 2), 1);

  static final Selection ALL = new Selection(MODEL, List.of("day"), Selection.ALL_PHASES);

  private MadeRequests() {}

  static Lake open(Path folder, String master) {
    return Lake.openOrCreate(folder.toString(), Optional.of(master), List.of(RoutingTable.TABLE));
  }

  /** Fills the lake with requests whose blocks are in no order. */
  static void fill(SparkSession spark, int requests) throws NoSuchTableException {
    var random = new SeededRandom(11);
    var rows = new ArrayList<Row>();
    for (int request = 0; request < requests; request++) {
      int decode = 5 + random.nextInt(20);
      int cut = 1 + random.nextInt(decode - 1);
      rows.add(block(request, RoutingTable.DECODE, 100 + cut, decode - cut, random));
      rows.add(block(request, RoutingTable.DECODE, 100, cut, random));
      if (request % 3 == 0) {
        rows.add(block(request, RoutingTable.PREFILL, 0, 100, random));
      }
    }
    spark
        .createDataFrame(rows, RoutingTable.TABLE.schema())
        .repartition(3)
        .writeTo(RoutingTable.TABLE.fullName())
        .append();
  }

  private static Row block(int request, String phase, int first, int tokens, SeededRandom random) {
    var packed = PackedExperts.allocate(8, 3, tokens, 2);
    for (int layer = 0; layer < 3; layer++) {
      for (int token = 0; token < tokens; token++) {
        int one = random.nextInt(8);
        packed.set(layer, token, 0, one);
        packed.set(layer, token, 1, (one + 1 + random.nextInt(7)) % 8);
      }
    }
    return RowFactory.create(
        "made",
        "main",
        "day",
        null,
        null,
        "r" + request,
        phase,
        first,
        tokens,
        null,
        null,
        null,
        packed.data(),
        null,
        1L);
  }

  /** Four layouts on four GPUs: one copy each, two with spares, tensor shards. */
  static List<Contender> contenders() {
    var plain = placement(new Cluster(4, 2), 0, 1, 2, 3, 4, 5, 6, 7);
    var spares = placement(new Cluster(4, 3), 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 4);
    var other = placement(new Cluster(4, 3), 0, 4, 1, 5, 0, 2, 6, 1, 3, 7, 2, 3);
    var host = placement(new Cluster(1, 8), 0, 1, 2, 3, 4, 5, 6, 7);
    return List.of(
        new Contender("eplb", "eplb", 4, 2, 1, plain),
        new Contender("one", "local-search", 4, 3, 1, spares),
        new Contender("two", "local-search", 4, 3, 1, other),
        new Contender("TP4", Contender.TENSOR, 4, 0, 4, host));
  }

  private static Map<Integer, Placement> placement(Cluster cluster, int... slots) {
    var placement = Placement.of(cluster, 8, slots);
    return Map.of(1, placement, 2, placement, 3, placement);
  }

  static LoopRequest request(
      LoopKind kind, RequestList requests, int groups, int replicates, int partitions) {
    var arrivals =
        kind == LoopKind.OPEN
            ? Arrays.stream(OpenLoop.poisson(requests.size(), 2_000, 1)).boxed().toList()
            : List.<Long>of();
    return new LoopRequest(
        MODEL,
        requests,
        kind,
        contenders(),
        List.of(ModelProfiles.of(MODEL, "h100"), ModelProfiles.of(MODEL, "b200")),
        LoopResults.scenarios(
            contenders(),
            List.of(RouterRule.VLLM, RouterRule.SGLANG, RouterRule.EXACT),
            2,
            List.of(groups, 4 * groups),
            List.of(Allocator.ROUND_ROBIN, Allocator.SIGNATURE)),
        1_000,
        groups,
        new SignatureDistances(
            groups,
            IntStream.range(0, groups * requests.size()).mapToDouble(i -> i * 7 % 5).toArray()),
        64,
        arrivals,
        kind == LoopKind.OPEN ? 2_000 : 0,
        200,
        replicates,
        16,
        3,
        partitions);
  }
}
