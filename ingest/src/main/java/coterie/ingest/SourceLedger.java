package coterie.ingest;

import coterie.ingest.block.SourceReport;
import coterie.ingest.read.IssueReason;
import coterie.ingest.table.IssueTable;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SourceTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Knows which files are in the lake, and writes down what became of new ones. */
final class SourceLedger {

  /**
   * What a run has to do.
   *
   * @param fresh files to read, each content once
   * @param known paths whose content is in the lake
   * @param replacedPaths paths whose older content must go
   * @param staleIds sources whose blocks must go: older content, and leftovers of a killed run
   * @param staleCountIds sources whose counts must go, for the same reasons
   * @param staleRows sources whose rows must go
   */
  record Work(
      List<SourceFile> fresh,
      List<String> known,
      List<String> replacedPaths,
      List<Long> staleIds,
      List<Long> staleCountIds,
      List<Long> staleRows) {}

  private final SparkSession spark;

  SourceLedger(SparkSession spark) {
    this.spark = spark;
  }

  /** Sorts files into new, known and changed ones. */
  Work compare(IngestTarget target, List<SourceFile> sources) {
    var idsByPath = new HashMap<String, List<Long>>();
    var complete = new TreeSet<Long>();
    var withRow = new TreeSet<Long>();
    for (Row row : rowsOf(target)) {
      long id = row.getLong(0);
      idsByPath.computeIfAbsent(row.getString(1), path -> new ArrayList<>()).add(id);
      withRow.add(id);
      if (row.getLong(2) > 0) {
        complete.add(id);
      }
    }
    var fresh = new LinkedHashMap<Long, SourceFile>();
    var known = new ArrayList<String>();
    var replaced = new ArrayList<String>();
    var stale = new TreeSet<Long>();
    var still = new TreeSet<Long>();
    for (var source : sources) {
      long id = source.id(target);
      // A file of which nothing could be kept is read again: the model may be right this time.
      if (complete.contains(id) || fresh.containsKey(id)) {
        known.add(source.path());
        still.add(id);
        continue;
      }
      fresh.put(id, source);
      for (long older : idsByPath.getOrDefault(source.path(), List.of())) {
        if (older != id) {
          replaced.add(source.path());
        }
        stale.add(older);
      }
    }
    stale.addAll(fresh.keySet());
    // Content that one path gave up may still be there under another.
    stale.removeIf(id -> still.contains(id) && !fresh.containsKey(id));
    return new Work(
        List.copyOf(fresh.values()),
        known,
        replaced,
        present(RoutingTable.TABLE, target, stale),
        present(PassLoadTable.TABLE, target, stale),
        stale.stream().filter(withRow::contains).toList());
  }

  private List<Row> rowsOf(IngestTarget target) {
    return spark
        .table(SourceTable.TABLE.fullName())
        .where(inTarget(target))
        .select(
            functions.col("source_id"),
            functions.col("path"),
            functions.col("records_kept").plus(functions.col("records_forgotten")))
        .collectAsList();
  }

  private static Column inTarget(IngestTarget target) {
    return functions
        .col("model")
        .equalTo(target.model().name())
        .and(functions.col("revision").equalTo(target.model().revision()))
        .and(functions.col("dataset").equalTo(target.dataset()));
  }

  /** Those of the sources that have facts; file statistics make this a look at metadata mostly. */
  private List<Long> present(LakeTable table, IngestTarget target, Set<Long> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    return spark
        .table(table.fullName())
        .where(inTarget(target).and(functions.col("source_id").isInCollection(ids)))
        .select("source_id")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getLong(0))
        .sorted()
        .toList();
  }

  /** Writes the rows of new files; {@code source} last, because it says that a file is complete. */
  void record(IngestTarget target, Work work, Map<Long, SourceReport> reports) {
    if (work.fresh().isEmpty()) {
      return;
    }
    if (!work.staleRows().isEmpty()) {
      delete(IssueTable.TABLE.fullName(), work.staleRows());
      delete(SourceTable.TABLE.fullName(), work.staleRows());
    }
    var issues = new ArrayList<Row>();
    var sources = new ArrayList<Row>();
    for (var source : work.fresh()) {
      long id = source.id(target);
      var report = reports.get(id);
      report.rejected().forEach((reason, count) -> issues.add(issue(id, reason, count, report)));
      sources.add(source(target, source, id, report));
    }
    if (!issues.isEmpty()) {
      append(IssueTable.TABLE.fullName(), IssueTable.TABLE.schema(), issues);
    }
    append(SourceTable.TABLE.fullName(), SourceTable.TABLE.schema(), sources);
  }

  private void delete(String table, List<Long> ids) {
    var list = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    spark.sql("DELETE FROM %s WHERE source_id IN (%s)".formatted(table, list));
  }

  private static Row issue(long id, IssueReason reason, long count, SourceReport report) {
    var samples =
        report.samples(reason).stream()
            .map(s -> RowFactory.create(s.record(), s.position(), s.layer(), s.detail()))
            .toArray();
    return RowFactory.create(id, reason.label(), reason.unit().label(), count, samples);
  }

  private static Row source(IngestTarget target, SourceFile source, long id, SourceReport report) {
    return RowFactory.create(
        id,
        target.model().name(),
        target.model().revision(),
        target.dataset(),
        source.path(),
        source.format().label(),
        source.bytes(),
        source.sha256(),
        report.recordsRead(),
        report.recordsKept(),
        report.recordsRejected(),
        0L,
        report.tokensRead(),
        report.tokensKept(),
        report.tokensRejected(),
        0L,
        Instant.now());
  }

  private void append(String table, StructType schema, List<Row> rows) {
    try {
      spark.createDataFrame(rows, schema).coalesce(1).writeTo(table).append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
