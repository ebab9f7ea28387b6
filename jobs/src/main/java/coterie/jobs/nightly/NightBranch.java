package coterie.jobs.nightly;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.error.UserError;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.SessionBranch;
import coterie.ingest.table.SourceTable;
import coterie.jobs.lake.Maintenance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.parser.ParseException;

/**
 * The branch on which a night works: readers of the tables see nothing of it until it is published.
 *
 * <p>Publishing moves each table to the end of its branch. Where a single ingest has moved a table
 * meanwhile, the files that the night added and removed are added and removed on top of it, if
 * those to be removed are still there: files are never written again.
 */
final class NightBranch {

  private static final String PREFIX = Maintenance.NIGHT_PREFIX;

  /** Another writer may come first so often. */
  private static final int ATTEMPTS = 5;

  private final SparkSession spark;
  private final List<LakeTable> tables;
  private final String name;

  /**
   * A branch of some tables.
   *
   * @param tables in the order in which they are published
   */
  NightBranch(SparkSession spark, List<LakeTable> tables, String night) {
    this.spark = spark;
    this.tables = List.copyOf(tables);
    this.name = PREFIX + night.replaceAll("[^A-Za-z0-9]", "_");
  }

  /**
   * The session works on the branch from here on. What an earlier run of the same night left on it
   * is taken up; branches of other nights go.
   */
  void enter() {
    for (var table : tables) {
      var iceberg = load(table);
      if (!iceberg.properties().getOrDefault(SessionBranch.ENABLED, "").equals("true")) {
        iceberg.updateProperties().set(SessionBranch.ENABLED, "true").commit();
      }
      for (String ref : Set.copyOf(iceberg.refs().keySet())) {
        if (ref.startsWith(PREFIX) && !ref.equals(name)) {
          iceberg.manageSnapshots().removeBranch(ref).commit();
        }
      }
    }
    spark.conf().set(SessionBranch.CONF, name);
  }

  /** The session works on what readers see from here on. */
  void leave() {
    spark.conf().unset(SessionBranch.CONF);
  }

  /** Forgets what the night did. */
  void discard() {
    leave();
    for (var table : tables) {
      var iceberg = load(table);
      if (iceberg.refs().containsKey(name)) {
        iceberg.manageSnapshots().removeBranch(name).commit();
      }
    }
  }

  /**
   * Shows readers what the night did, and ends the branch.
   *
   * @return tables that changed
   * @throws UserError if another command did the same or touched the same files meanwhile; then
   *     nothing is published, and the branch is gone
   */
  int publish() {
    leave();
    try {
      requireNoTwins(SourceTable.TABLE, "source_id", "file");
      requireNoTwins(ModelTable.TABLE, "model", "model");
      tables.forEach(table -> changes(load(table)).requireRemovable());
    } catch (UserError conflict) {
      discard();
      throw conflict;
    }
    return (int) tables.stream().filter(this::publish).count();
  }

  private boolean publish(LakeTable table) {
    for (int attempt = 1; ; attempt++) {
      var iceberg = load(table);
      if (!iceberg.refs().containsKey(name)) {
        return false;
      }
      try {
        boolean changed = move(iceberg);
        iceberg.manageSnapshots().removeBranch(name).commit();
        return changed;
      } catch (CommitFailedException | ValidationException another) {
        if (attempt == ATTEMPTS) {
          throw another;
        }
      }
    }
  }

  private boolean move(Table table) {
    long end = table.refs().get(name).snapshotId();
    var main = table.currentSnapshot();
    if (main != null && SnapshotUtil.isAncestorOf(table, main.snapshotId(), end)) {
      return false;
    }
    if (main == null || SnapshotUtil.isAncestorOf(table, end, main.snapshotId())) {
      table.manageSnapshots().fastForwardBranch(SnapshotRef.MAIN_BRANCH, name).commit();
      return true;
    }
    var changes = changes(table);
    changes.requireRemovable();
    var overwrite =
        table.newOverwrite().validateFromSnapshot(main.snapshotId()).validateNoConflictingDeletes();
    changes.added().values().forEach(overwrite::addFile);
    changes.removed().values().forEach(overwrite::deleteFile);
    overwrite.commit();
    return true;
  }

  /** What the night did to the files of a table that others have moved; nothing if none has. */
  private record Changes(Table table, Map<String, DataFile> added, Map<String, DataFile> removed) {

    void requireRemovable() {
      if (removed.isEmpty()) {
        return;
      }
      var missing = new HashSet<>(removed.keySet());
      try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
        files.forEach(file -> missing.remove(file.file().location()));
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      if (!missing.isEmpty()) {
        throw conflict(
            "%d files of table %s that the night replaced".formatted(missing.size(), table.name()));
      }
    }
  }

  private static UserError conflict(String what) {
    return UserError.data(
        "another command changed %s while it ran".formatted(what),
        "nothing of the night was published; run it again");
  }

  private Changes changes(Table table) {
    var added = new TreeMap<String, DataFile>();
    var removed = new TreeMap<String, DataFile>();
    if (diverged(table)) {
      for (Snapshot snapshot : own(table, name)) {
        for (DataFile file : snapshot.removedDataFiles(table.io())) {
          if (added.remove(file.location()) == null) {
            removed.put(file.location(), file);
          }
        }
        snapshot.addedDataFiles(table.io()).forEach(file -> added.put(file.location(), file));
      }
    }
    return new Changes(table, added, removed);
  }

  private boolean diverged(Table table) {
    var ref = table.refs().get(name);
    var main = table.currentSnapshot();
    return ref != null
        && main != null
        && !SnapshotUtil.isAncestorOf(table, ref.snapshotId(), main.snapshotId())
        && !SnapshotUtil.isAncestorOf(table, main.snapshotId(), ref.snapshotId());
  }

  /** Snapshots of one of the two branches since they parted, oldest first. */
  private List<Snapshot> own(Table table, String branch) {
    var other = branch.equals(name) ? SnapshotRef.MAIN_BRANCH : name;
    var shared = new HashSet<Long>();
    for (var s : SnapshotUtil.ancestorsOf(table.refs().get(other).snapshotId(), table::snapshot)) {
      shared.add(s.snapshotId());
    }
    var own = new ArrayList<Snapshot>();
    for (var s : SnapshotUtil.ancestorsOf(table.refs().get(branch).snapshotId(), table::snapshot)) {
      if (shared.contains(s.snapshotId())) {
        break;
      }
      own.add(0, s);
    }
    return own;
  }

  /** The same file, or model, may have come in by another command beside the night. */
  private void requireNoTwins(LakeTable table, String key, String what) {
    var iceberg = load(table);
    if (!tables.contains(table) || !diverged(iceberg)) {
      return;
    }
    var base = own(iceberg, name).get(0).parentId();
    var ours = keys(table, key, iceberg.refs().get(name).snapshotId());
    var theirs = keys(table, key, iceberg.currentSnapshot().snapshotId());
    ours.retainAll(theirs);
    if (base != null) {
      ours.removeAll(keys(table, key, base));
    }
    if (!ours.isEmpty()) {
      throw conflict(
          "the lake: %d %s(s) of the night were ingested beside it".formatted(ours.size(), what));
    }
  }

  private Set<Object> keys(LakeTable table, String key, long snapshot) {
    var keys = new HashSet<Object>();
    spark
        .read()
        .option("snapshot-id", snapshot)
        .table(table.fullName())
        .select(col(key))
        .distinct()
        .collectAsList()
        .forEach(row -> keys.add(row.get(0)));
    return keys;
  }

  private Table load(LakeTable table) {
    try {
      return Spark3Util.loadIcebergTable(spark, table.fullName());
    } catch (NoSuchTableException | ParseException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
