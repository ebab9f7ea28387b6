package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles were made by the {@code pickle} module of Python 3 unless they are spelled out. */
class PickleReaderTest {

  private static final String PROTOCOL_2 =
      "gAJ9cQAoWAQAAABub25lcQFOWAQAAABpbnRzcQJdcQMoSwFK/////0v/TQABTf//SgAAAQBK////f0oAAACAigUA"
          + "AACAAIoIAAAAAAAAAICKCP////////9/SwBlWAMAAABtaXhxBF1xBShLAVgBAAAAYXEGR0AEAAAAAAAAKEsBSwJL"
          + "A0sEdHEHKYiJTn1xCGVLB1gFAAAAc2V2ZW5xCVgEAAAAc2FtZXEKTlgFAAAAdHdpY2VxC11xDChdcQ1YBgAAAHNo"
          + "YXJlZHEOYWgNZXUu";

  /** With frames, short strings and a memo that counts by itself. */
  private static final String PROTOCOL_4 =
      "gASVqQAAAAAAAAB9lCiMBG5vbmWUTowEaW50c5RdlChLAUr/////S/9NAAFN//9KAAABAEr///9/SgAAAICKBQAA"
          + "AIAAiggAAAAAAAAAgIoI/////////39LAGWMA21peJRdlChLAYwBYZRHQAQAAAAAAAAoSwFLAksDSwR0lCmIiU59"
          + "lGVLB4wFc2V2ZW6UjARzYW1llE6MBXR3aWNllF2UKF2UjAZzaGFyZWSUYWgNZXUu";

  @ParameterizedTest
  @ValueSource(strings = {PROTOCOL_2, PROTOCOL_4})
  void readsValues(String encoded) throws Exception {
    var shared = List.of("shared");
    assertThat(read(base64(encoded)))
        .isInstanceOfSatisfying(
            Map.class,
            root -> {
              assertThat(root.get("none")).isNull();
              assertThat(root.get("ints"))
                  .isEqualTo(
                      List.of(
                          1L,
                          -1L,
                          255L,
                          256L,
                          65_535L,
                          65_536L,
                          (long) Integer.MAX_VALUE,
                          (long) Integer.MIN_VALUE,
                          1L << 31,
                          Long.MIN_VALUE,
                          Long.MAX_VALUE,
                          0L));
              var mixed = new ArrayList<Object>(List.of(1L, "a", 2.5, List.of(1L, 2L, 3L, 4L)));
              mixed.addAll(Arrays.asList(List.of(), true, false, null, Map.of()));
              assertThat(root.get("mix")).isEqualTo(mixed);
              assertThat(root.get(7L)).isEqualTo("seven");
              assertThat(root.get("twice")).isEqualTo(List.of(shared, shared));
            });
  }

  /** {@code posix.system} is what {@code os.system} is called inside. */
  @ParameterizedTest
  @CsvSource({
    "gAJ9cQBYBwAAAHJlY29yZHNxAWNwb3NpeApzeXN0ZW0KcQJYBAAAAHRydWVxA4VxBFJxBXMu, posix.system",
    "gAJjX19idWlsdGluX18KZXZhbApxAFgBAAAAMXEBhXECUnEDLg==, __builtin__.eval",
    "gASVHQAAAAAAAACMCGJ1aWx0aW5zlIwEZXZhbJSTlIwBMZSFlFKULg==, builtins.eval",
    "gAJdcQBjY29tbWFuZHMKUG9wZW4KcQFdcQJYBAAAAHRydWVxA2GFcQRScQVhLg==, commands.Popen",
    "gAJjdG9yY2guc3RvcmFnZQpfbG9hZF9mcm9tX2J5dGVzCnEAY19fYnVpbHRpbl9fCmJ5dGVzCnEBKVJxAoVxA1Jx"
        + "BC4=, torch.storage._load_from_bytes",
    "gAJjdG9yY2gKQkZsb2F0MTZTdG9yYWdlCnEALg==, torch.BFloat16Storage",
    "gAIoWAQAAAB0cnVlaW9zCnN5c3RlbQou, os.system",
  })
  void refusesByName(String encoded, String name) {
    refused(base64(encoded), "the pickle asks for " + name + ", which a tensor dump does not need");
  }

  /** Objects of allowed names, but made in ways that call their methods. */
  @Test
  void refusesInstructionsByName() {
    refused(
        base64("gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApgS4="),
        "the pickle has instruction NEWOBJ, which a tensor dump does not need");
    refused(
        base64("gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUn1iLg=="),
        "the pickle has instruction BUILD, which a tensor dump does not need");
    refused(
        bytes("\u0080\u0002\u0082\u0001."),
        "the pickle has instruction EXT1, which a tensor dump does not need");
    refused(
        bytes("\u0080\u0002\u00FF."),
        "the pickle has instruction 0xFF, which a tensor dump does not need");
    refused(
        base64("gAJjdG9yY2gKSW50U3RvcmFnZQopUi4="),
        "the pickle has something else where a function must be");
  }

  @Test
  void namesInMessagesArePrintable() {
    refused(
        bytes("cos\u001B[31m\u00FF\nsystem\n."),
        "the pickle asks for os?[31m?.system, which a tensor dump does not need");
  }

  /** {@code x = [1]; x.append(x)}: read as it is, since nobody walks through all of it. */
  @Test
  void aListInItself() throws Exception {
    assertThat(read(base64("gAJdcQAoSwFoAGUu")))
        .isInstanceOfSatisfying(
            List.class,
            list -> {
              assertThat(list.get(0)).isEqualTo(1L);
              assertThat(list.get(1)).isSameAs(list);
            });
  }

  @Test
  void refusesLiesAboutSizes() {
    refused(bytes("X\u00FF\u00FF\u00FF\u00FF."), "of 4294967295 bytes, at most 65536 are read");
    refused(bytes("\u008D\0\0\0\0\0\0\0\u0080."), "a string of -9223372036854775808 bytes");
    refused(bytes("X\u0005\0\0\0abc"), "the pickle ends after 8 bytes");
    refused(bytes("\u008A\u00C8."), "the pickle has an integer of 200 bytes");
    refused(bytes("]r\u00FF\u00FF\u00FF\u00FF."), "numbers a value 4294967295 after 0 others");
    refused(bytes("]q\0j\u0001\0\0\0."), "the pickle recalls value 1 of 1");
    refused(bytes("c" + "x".repeat(300)), "the pickle has a name of more than 256 bytes");
    refused(bytes("\u0080\u0001."), "a pickle of protocol 1");
  }

  @Test
  void refusesPicklesThatDoNotAddUp() {
    refused(bytes("."), "the pickle takes more than it has put down");
    refused(bytes("]a."), "the pickle takes more than it has put down");
    refused(bytes("](a."), "the pickle takes more than it has put down");
    refused(bytes("]e."), "the pickle takes more than it has put down");
    refused(bytes("}(K\u0001u."), "the pickle has a key without value");
    refused(bytes("}]K\u0001s."), "a dict whose key is neither a string nor an integer");
    refused(bytes("}K\u0001a."), "the pickle has something else where a list must be");
    refused(bytes("]NNs."), "the pickle has something else where a dict must be");
    refused(bytes(")Q."), "a persistent id that is no storage of PyTorch");
    refused(bytes("ctorch._utils\n_rebuild_tensor_v2\n)R."), "a tensor of else than storage");
    refused(bytes("ccollections\nOrderedDict\nK\u0001\u0085R."), "OrderedDict of 1 arguments");
  }

  @Test
  void boundsDepthStackAndObjects() {
    refused(bytes("(".repeat(65)), "the pickle nests more than 64 levels deep");
    refused(bytes("N".repeat(1 << 21)), "keeps more than 1048576 values on its stack");
    var lists = new StringBuilder("]");
    for (int i = 0; i < 9; i++) {
      lists.append('(').append("N".repeat(1_000_000)).append('e');
    }
    refused(bytes(lists.toString()), "the pickle makes more than 16777216 objects");
  }

  @Test
  void refusesEveryTruncation() {
    var whole = base64(PROTOCOL_2);
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), "the pickle ends after");
    }
  }

  /** Python's pickler writes long lists a thousand elements at a time. */
  @Test
  void longListsOfIntegersComeInBatches() throws Exception {
    var pickle = new ByteArrayOutputStream();
    pickle.write(']');
    for (int batch = 0; batch < 3; batch++) {
      pickle.write('(');
      for (int i = 0; i < 1000; i++) {
        pickle.write(new byte[] {'M', (byte) i, (byte) (i >>> 8)});
      }
      pickle.write('e');
    }
    pickle.write('.');
    assertThat(read(pickle.toByteArray()))
        .isInstanceOfSatisfying(
            PickleList.class,
            list -> {
              assertThat(list).hasSize(3000).endsWith(998L, 999L);
              assertThat(list.isPacked()).isTrue();
            });
  }

  private static Object read(byte[] pickle) throws IOException, MalformedException {
    return PickleReader.read(new ByteArrayInputStream(pickle));
  }

  private static void refused(byte[] pickle, String message) {
    assertThatThrownBy(() -> read(pickle))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(message);
  }

  private static byte[] base64(String encoded) {
    return Base64.getDecoder().decode(encoded);
  }

  private static byte[] bytes(String characters) {
    return characters.getBytes(StandardCharsets.ISO_8859_1);
  }
}
