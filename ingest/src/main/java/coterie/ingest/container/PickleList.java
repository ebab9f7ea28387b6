package coterie.ingest.container;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;

/** A Python list. As long as it holds nothing but ints, each takes four bytes and no object. */
final class PickleList extends AbstractList<Object> implements RandomAccess {

  private static final int[] NO_INTS = {};

  private int[] ints = NO_INTS;
  private int size;

  /** All elements, once one of them is not an int. */
  private ArrayList<Object> objects;

  @Override
  public boolean add(Object value) {
    if (objects == null && value instanceof Long number && number == number.intValue()) {
      if (size == ints.length) {
        ints = Arrays.copyOf(ints, Math.max(8, size + size / 2));
      }
      ints[size] = number.intValue();
    } else {
      if (objects == null) {
        objects = new ArrayList<>(this);
        ints = NO_INTS;
      }
      objects.add(value);
    }
    size++;
    return true;
  }

  @Override
  public Object get(int index) {
    return objects == null
        ? Long.valueOf(ints[Objects.checkIndex(index, size)])
        : objects.get(index);
  }

  /** True as long as it holds nothing but ints. */
  boolean isPacked() {
    return objects == null;
  }

  @Override
  public int size() {
    return size;
  }
}
