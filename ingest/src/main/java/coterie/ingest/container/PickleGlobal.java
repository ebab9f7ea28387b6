package coterie.ingest.container;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the pickle of a tensor may ask for by name. A pickle can name any function of Python and
 * have it called, so names outside of this list are refused, and those in it only stand for
 * something: nothing is looked up or run.
 */
sealed interface PickleGlobal {

  /** The class of a storage, which says the type of its elements. */
  record StorageClass(ElementType type) implements PickleGlobal {}

  /** The two functions there are. */
  enum Function implements PickleGlobal {
    /** {@code torch._utils._rebuild_tensor_v2}. */
    TENSOR,
    /** {@code collections.OrderedDict}: the backward hooks of a tensor, of which there are none. */
    ORDERED_DICT;

    Object call(List<?> arguments) throws MalformedException {
      if (this == TENSOR) {
        return Tensor.rebuilt(arguments);
      }
      MalformedException.unless(
          arguments.isEmpty(), "OrderedDict of %d arguments", arguments.size());
      return new LinkedHashMap<Object, Object>();
    }
  }

  /** PyTorch's storage classes whose elements are numbers that Java has. */
  Map<String, ElementType> STORAGES =
      Map.of(
          "ByteStorage", ElementType.U1,
          "CharStorage", ElementType.I1,
          "BoolStorage", ElementType.BOOL,
          "ShortStorage", ElementType.I2,
          "IntStorage", ElementType.I4,
          "LongStorage", ElementType.I8,
          "HalfStorage", ElementType.F2,
          "FloatStorage", ElementType.F4,
          "DoubleStorage", ElementType.F8);

  /**
   * What a name stands for.
   *
   * @throws MalformedException naming it, if a tensor dump does not need it
   */
  static PickleGlobal find(String module, String name) throws MalformedException {
    if (module.equals("torch") && STORAGES.containsKey(name)) {
      return new StorageClass(STORAGES.get(name));
    }
    return switch (module + "." + name) {
      case "torch._utils._rebuild_tensor_v2" -> Function.TENSOR;
      case "collections.OrderedDict" -> Function.ORDERED_DICT;
      default -> throw refused(module, name);
    };
  }

  private static MalformedException refused(String module, String name) {
    var printable = (module + "." + name).replaceAll("[^\\x20-\\x7E]", "?");
    return new MalformedException(
        "the pickle asks for %s, which a tensor dump does not need".formatted(printable));
  }
}
