package coterie.jobs.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Spark's values as JSON: rows are objects, bytes are base64, dates and times are ISO 8601. */
final class JsonText {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonText() {}

  static String of(Row row, StructType schema) {
    return write(fields(row, schema));
  }

  static String of(Object value) {
    return write(plain(value));
  }

  private static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Map<String, Object> fields(Row row, StructType schema) {
    var fields = new LinkedHashMap<String, Object>();
    for (int i = 0; i < row.length(); i++) {
      fields.put(schema.fieldNames()[i], plain(row.get(i)));
    }
    return fields;
  }

  private static Object plain(Object value) {
    if (value == null
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof byte[]) {
      return value;
    }
    if (value instanceof Row row) {
      return fields(row, row.schema());
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      var fields = new LinkedHashMap<String, Object>();
      CollectionConverters.asJava(map).forEach((k, v) -> fields.put(String.valueOf(k), plain(v)));
      return fields;
    }
    if (value instanceof scala.collection.Iterable<?> list) {
      return CollectionConverters.asJava(list.toSeq()).stream()
          .map(JsonText::plain)
          .collect(Collectors.toList());
    }
    return value.toString();
  }
}
