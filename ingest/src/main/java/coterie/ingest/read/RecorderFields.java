package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.Tensor;
import java.util.List;
import java.util.Map;

/** A Python dict of the recorder, its values by type. */
record RecorderFields(Map<?, ?> values) {

  /** Most keys that are named where a dict has others than expected. */
  private static final int KEYS_SHOWN = 10;

  static RecorderFields of(Object value, String what) throws MalformedException {
    MalformedException.unless(value instanceof Map, "%s is no dict", what);
    return new RecorderFields((Map<?, ?>) value);
  }

  boolean has(String key) {
    return values.get(key) != null;
  }

  long integer(String key) throws MalformedException {
    return typed(key, Long.class, "an integer");
  }

  List<?> list(String key) throws MalformedException {
    return typed(key, List.class, "a list");
  }

  Tensor tensor(String key) throws MalformedException {
    return typed(key, Tensor.class, "a tensor");
  }

  private <T> T typed(String key, Class<T> type, String what) throws MalformedException {
    var value = values.get(key);
    MalformedException.unless(
        type.isInstance(value), value == null ? "no %s" : "%s is not %s", key, what);
    return type.cast(value);
  }

  /** The keys, for people. */
  String keysText() {
    var keys = values.keySet().stream().limit(KEYS_SHOWN).map(String::valueOf).toList();
    return values.size() > KEYS_SHOWN ? keys + " and more" : keys.toString();
  }
}
