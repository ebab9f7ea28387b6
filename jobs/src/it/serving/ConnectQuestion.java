import org.apache.spark.sql.SparkSession;

/** Spark Connect: java -cp "JARS/*" ConnectQuestion.java sc://127.0.0.1:15002 QUERY. */
final class ConnectQuestion {

  public static void main(String[] args) throws Exception {
    try (var spark = SparkSession.builder().remote(args[0]).getOrCreate()) {
      spark.sql(args[1]).collectAsList().forEach(row -> System.out.println(row.mkString(" ")));
    }
  }
}
