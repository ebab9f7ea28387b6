package coterie.ingest.container;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The machine that a pickle is a program for: a stack with marks, and a memo. Bounded, because a
 * pickle of a few bytes can ask for a machine of any size.
 */
final class PickleStack {

  /** Python's pickler puts at most a thousand elements on the stack before it stores them. */
  static final int MAX_STACK = 1 << 20;

  static final int MAX_DEPTH = 64;

  /** Places for values, integers in lists aside; a pass of the SGLang recorder takes about 80. */
  static final int MAX_OBJECTS = 1 << 24;

  private final ArrayList<Object> values = new ArrayList<>();
  private final int[] marks = new int[MAX_DEPTH];
  private final ArrayList<Object> memo = new ArrayList<>();
  private int depth;
  private int objects;

  void push(Object value) throws MalformedException {
    count(value instanceof Long ? 0 : 1);
    MalformedException.unless(
        values.size() < MAX_STACK, "the pickle keeps more than %d values on its stack", MAX_STACK);
    values.add(value);
  }

  /** Counts places that values take besides the stack. */
  void count(int places) throws MalformedException {
    objects += places;
    MalformedException.unless(
        objects <= MAX_OBJECTS, "the pickle makes more than %d objects", MAX_OBJECTS);
  }

  Object pop() throws MalformedException {
    int floor = depth == 0 ? 0 : marks[depth - 1];
    MalformedException.unless(values.size() > floor, "the pickle takes more than it has put down");
    return values.remove(values.size() - 1);
  }

  /** The uppermost value, which stays. */
  Object peek() throws MalformedException {
    var value = pop();
    values.add(value);
    return value;
  }

  /** The uppermost value, which must be of a type and stays. */
  <T> T peek(Class<T> type, String what) throws MalformedException {
    return cast(peek(), type, what);
  }

  /** Takes the uppermost value, which must be of a type. */
  <T> T pop(Class<T> type, String what) throws MalformedException {
    return cast(pop(), type, what);
  }

  private static <T> T cast(Object value, Class<T> type, String what) throws MalformedException {
    MalformedException.unless(
        type.isInstance(value), "the pickle has something else where %s must be", what);
    return type.cast(value);
  }

  void mark() throws MalformedException {
    MalformedException.unless(
        depth < MAX_DEPTH, "the pickle nests more than %d levels deep", MAX_DEPTH);
    marks[depth++] = values.size();
  }

  /** Takes everything above the last mark, and the mark. */
  List<Object> popToMark() throws MalformedException {
    MalformedException.unless(depth > 0, "the pickle takes more than it has put down");
    return popFrom(marks[--depth]);
  }

  /** Takes the uppermost values, in the order in which they were put down. */
  List<Object> pop(int count) throws MalformedException {
    var taken = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      taken[i] = pop();
    }
    return Collections.unmodifiableList(Arrays.asList(taken));
  }

  private List<Object> popFrom(int start) {
    var above = values.subList(start, values.size());
    var taken = Collections.unmodifiableList(Arrays.asList(above.toArray()));
    above.clear();
    return taken;
  }

  /** Keeps the uppermost value under a number; Python counts these numbers up from 0. */
  void remember(long key) throws MalformedException {
    MalformedException.unless(
        key <= memo.size(), "the pickle numbers a value %d after %d others", key, memo.size());
    MalformedException.unless(
        key < MAX_OBJECTS, "the pickle remembers more than %d values", MAX_OBJECTS);
    if (key == memo.size()) {
      memo.add(peek());
    } else {
      memo.set((int) key, peek());
    }
  }

  /** Keeps the uppermost value under the next number. */
  void remember() throws MalformedException {
    remember(memo.size());
  }

  /** Puts down a value that was kept. */
  void recall(long key) throws MalformedException {
    MalformedException.unless(
        key < memo.size(), "the pickle recalls value %d of %d", key, memo.size());
    push(memo.get((int) key));
  }
}
