package coterie.ingest;

import coterie.ingest.block.SourceReport;
import coterie.ingest.read.TraceRecord;
import java.util.List;
import org.apache.spark.sql.Row;

/** Turns the records of one source into rows of one table. */
interface RecordRows {

  /** The rows of a record, maybe none. */
  List<Row> of(TraceRecord record);

  /** The account of all records so far; null if this keeps none. */
  SourceReport report();
}
