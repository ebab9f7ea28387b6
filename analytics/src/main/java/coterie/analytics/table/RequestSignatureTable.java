package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;

/**
 * {@code request_signature}: the experts that each request used, the input of request grouping and
 * of every interval over requests.
 *
 * <p>One row a request, layer and token window (see {@link LoadWindowTable}; most requests lie in
 * one). {@code counts[e]} is the number of the request's tokens in the window that called expert e.
 * Blocks without request id have no row here.
 */
public final class RequestSignatureTable {

  public static final LakeTable TABLE =
      Keys.byDay(
          "request_signature",
          Keys.leafAndLayer()
              .add("request_id", StringType, false)
              .add("window", IntegerType, false, "token window, from 0")
              .add("tokens", LongType, false, "tokens of the request in the window")
              .add("counts", createArrayType(IntegerType, false), false, "[expert] tokens"));

  private RequestSignatureTable() {}
}
