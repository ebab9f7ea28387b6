import java.sql.DriverManager;
import java.util.StringJoiner;

/** Plain JDBC: java -cp "JARS/*" JdbcQuestion.java jdbc:hive2://127.0.0.1:10000/ QUERY. */
final class JdbcQuestion {

  public static void main(String[] args) throws Exception {
    try (var connection = DriverManager.getConnection(args[0], "reader", "");
        var statement = connection.createStatement();
        var rows = statement.executeQuery(args[1])) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var line = new StringJoiner(" ");
        for (int column = 1; column <= columns; column++) {
          line.add(rows.getString(column));
        }
        System.out.println(line);
      }
    }
  }
}
