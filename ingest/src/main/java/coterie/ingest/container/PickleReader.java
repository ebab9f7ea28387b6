package coterie.ingest.container;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a tensor dump without being Python: a pickle is a program for a stack
 * machine, of which only the instructions that put down data are followed.
 *
 * <p>Protocols 2 to 5, as Python's {@code pickletools} documents them; {@code torch.save} writes 2.
 * The result is made of {@link Map}, {@link List}, {@link String}, {@link Long}, {@link Double},
 * {@link Boolean}, null and {@link Tensor}.
 */
final class PickleReader {

  private static final int STOP = '.';

  /** What may be asked for but would run code of Python's, or belongs to other kinds of data. */
  private static final Map<Integer, String> REFUSED =
      Map.ofEntries(
          Map.entry((int) 'b', "BUILD"),
          Map.entry((int) 'o', "OBJ"),
          Map.entry((int) 'i', "INST"),
          Map.entry((int) 'P', "PERSID"),
          Map.entry((int) 'I', "INT"),
          Map.entry((int) 'L', "LONG"),
          Map.entry((int) 'F', "FLOAT"),
          Map.entry((int) 'S', "STRING"),
          Map.entry((int) 'T', "BINSTRING"),
          Map.entry((int) 'U', "SHORT_BINSTRING"),
          Map.entry((int) 'B', "BINBYTES"),
          Map.entry((int) 'C', "SHORT_BINBYTES"),
          Map.entry(0x81, "NEWOBJ"),
          Map.entry(0x82, "EXT1"),
          Map.entry(0x83, "EXT2"),
          Map.entry(0x84, "EXT4"),
          Map.entry(0x8B, "LONG4"),
          Map.entry(0x8F, "EMPTY_SET"),
          Map.entry(0x92, "NEWOBJ_EX"),
          Map.entry(0x96, "BYTEARRAY8"),
          Map.entry(0x97, "NEXT_BUFFER"));

  private final PickleInput in;
  private final PickleStack stack = new PickleStack();

  private PickleReader(InputStream in) {
    this.in = new PickleInput(in);
  }

  /**
   * The value of a pickle.
   *
   * @throws MalformedException if it is cut, too large, or asks for what a tensor dump does not
   *     need
   */
  static Object read(InputStream in) throws IOException, MalformedException {
    return new PickleReader(in).run();
  }

  private Object run() throws IOException, MalformedException {
    for (int opcode = in.u1(); opcode != STOP; opcode = in.u1()) {
      boolean known = number(opcode) || text(opcode) || collection(opcode) || call(opcode);
      MalformedException.unless(
          known || memo(opcode),
          "the pickle has instruction %s, which a tensor dump does not need",
          REFUSED.getOrDefault(opcode, "0x%02X".formatted(opcode)));
    }
    return stack.pop();
  }

  private boolean number(int opcode) throws IOException, MalformedException {
    switch (opcode) {
      case 'K' -> stack.push(in.unsigned(1)); // BININT1
      case 'M' -> stack.push(in.unsigned(2)); // BININT2
      case 'J' -> stack.push(in.signed(4)); // BININT
      case 0x8A -> stack.push(in.signed(in.u1())); // LONG1
      case 'G' -> stack.push(in.bigEndianDouble()); // BINFLOAT
      case 0x88 -> stack.push(true); // NEWTRUE
      case 0x89 -> stack.push(false); // NEWFALSE
      case 'N' -> stack.push(null); // NONE
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean text(int opcode) throws IOException, MalformedException {
    switch (opcode) {
      case 'X' -> stack.push(in.text(in.unsigned(4))); // BINUNICODE
      case 0x8C -> stack.push(in.text(in.u1())); // SHORT_BINUNICODE
      case 0x8D -> stack.push(in.text(in.signed(8))); // BINUNICODE8
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean collection(int opcode) throws IOException, MalformedException {
    switch (opcode) {
      case '(' -> stack.mark();
      case ')' -> stack.push(List.of()); // EMPTY_TUPLE
      case 't' -> tuple(stack.popToMark()); // TUPLE
      case 0x85, 0x86, 0x87 -> stack.push(stack.pop(opcode - 0x84)); // TUPLE1 to TUPLE3
      case ']' -> stack.push(new PickleList());
      case 'a' -> append(stack.pop(1));
      case 'e' -> append(stack.popToMark()); // APPENDS
      case '}' -> stack.push(new LinkedHashMap<Object, Object>());
      case 's' -> set(stack.pop(2)); // SETITEM
      case 'u' -> set(stack.popToMark()); // SETITEMS
      default -> {
        return false;
      }
    }
    return true;
  }

  private void tuple(List<Object> values) throws MalformedException {
    stack.count(values.size());
    stack.push(values);
  }

  private void append(List<Object> values) throws MalformedException {
    var list = stack.peek(PickleList.class, "a list");
    list.addAll(values);
    stack.count(list.isPacked() ? 0 : values.size());
  }

  private void set(List<Object> keysAndValues) throws MalformedException {
    MalformedException.unless(keysAndValues.size() % 2 == 0, "the pickle has a key without value");
    stack.count(keysAndValues.size());
    // Only '}' and OrderedDict make maps.
    @SuppressWarnings("unchecked")
    var map = (Map<Object, Object>) stack.peek(LinkedHashMap.class, "a dict");
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      var key = keysAndValues.get(i);
      MalformedException.unless(
          key instanceof String || key instanceof Long,
          "the pickle has a dict whose key is neither a string nor an integer");
      map.put(key, keysAndValues.get(i + 1));
    }
  }

  private boolean call(int opcode) throws IOException, MalformedException {
    switch (opcode) {
      case 'c' -> stack.push(PickleGlobal.find(in.line(), in.line())); // GLOBAL
      case 0x93 -> { // STACK_GLOBAL
        var name = stack.pop(String.class, "a name");
        stack.push(PickleGlobal.find(stack.pop(String.class, "a module"), name));
      }
      case 'i' -> { // INST names a class to make an object of, none of which is needed.
        PickleGlobal.find(in.line(), in.line());
        return false;
      }
      case 'Q' -> // BINPERSID
          stack.push(TensorStorage.of(stack.pop(List.class, "a persistent id")));
      case 'R' -> { // REDUCE
        var arguments = stack.pop(List.class, "arguments");
        stack.push(stack.pop(PickleGlobal.Function.class, "a function").call(arguments));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memo(int opcode) throws IOException, MalformedException {
    switch (opcode) {
      case 0x80 -> { // PROTO
        int protocol = in.u1();
        MalformedException.unless(
            protocol >= 2 && protocol <= 5, "a pickle of protocol %d", protocol);
      }
      case 0x95 -> in.signed(8); // FRAME: a hint how much to read at once
      case 'q' -> stack.remember(in.u1()); // BINPUT
      case 'r' -> stack.remember(in.unsigned(4)); // LONG_BINPUT
      case 0x94 -> stack.remember(); // MEMOIZE
      case 'h' -> stack.recall(in.u1()); // BINGET
      case 'j' -> stack.recall(in.unsigned(4)); // LONG_BINGET
      default -> {
        return false;
      }
    }
    return true;
  }
}
