package coterie.analytics.table;

import coterie.ingest.table.LakeTable;

/**
 * A view that is stored in the catalog of the lake, in built-in functions only, so that any engine
 * that reads the catalog reads it.
 *
 * @param name within the namespace of the tables
 * @param version raised whenever the query changes
 * @param comment what a row is
 * @param query over tables and views of the same namespace
 */
public record LakeView(String name, int version, String comment, String query) {

  /** The name that SQL knows it by. */
  public String fullName() {
    return LakeTable.NAMESPACE + "." + name;
  }

  /** The statement that creates the view, or puts it in the place of an older one. */
  public String createStatement() {
    return "CREATE OR REPLACE VIEW %s COMMENT '%s' TBLPROPERTIES ('%s'='%d') AS %s"
        .formatted(
            fullName(),
            comment.replace("'", "\\'"),
            LakeTable.VERSION_PROPERTY,
            version,
            query.strip());
  }
}
