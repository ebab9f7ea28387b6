package coterie.ingest.container;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A file of named tensors in the {@code .safetensors} format (huggingface/safetensors, "Format" in
 * its README): the length of a header as unsigned 64-bit little endian, the header, the data.
 *
 * <p>The header is a JSON object {@code {name: {dtype, shape, data_offsets: [begin, end]}}}, where
 * offsets count from the end of the header, and tensors lie one behind the other without holes;
 * {@code __metadata__} is no tensor. As in that library, no name may come twice.
 *
 * <p>Only the header is held in memory. That a tensor's length fits its shape, and that the file
 * reaches that far, is checked when it is read, so that a file that breaks off keeps its beginning.
 */
public final class SafetensorsFile {

  /** The bound that huggingface/safetensors itself has. */
  private static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int MAX_DIMENSIONS = 8;
  private static final int MAX_DEPTH = 8;

  private static final Map<String, ElementType> INTEGERS =
      Map.of(
          "U8", ElementType.U1,
          "I8", ElementType.I1,
          "U16", ElementType.U2,
          "I16", ElementType.I2,
          "U32", ElementType.U4,
          "I32", ElementType.I4,
          "I64", ElementType.I8);

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  /**
   * One tensor, as the header describes it.
   *
   * @param begin of its bytes, counted from the end of the header
   */
  public record Tensor(String name, String dtype, List<Long> shape, long begin, long end) {}

  private final Spool file;
  private final long dataStart;
  private final List<Tensor> tensors;

  private SafetensorsFile(Spool file, long dataStart, List<Tensor> tensors) {
    this.file = file;
    this.dataStart = dataStart;
    this.tensors = tensors;
  }

  /**
   * Parses the header.
   *
   * @throws EOFException if the file ends in its header
   * @throws MalformedException saying what is wrong with it
   */
  public static SafetensorsFile parse(Spool file) throws IOException, MalformedException {
    if (file.bytes() < Long.BYTES) {
      throw new EOFException(
          "%d bytes, too few for the header of a safetensors file".formatted(file.bytes()));
    }
    long header = file.read(0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    MalformedException.unless(
        header >= 0 && header <= MAX_HEADER_BYTES,
        "safetensors header of %s bytes, at most %d are read",
        Long.toUnsignedString(header),
        MAX_HEADER_BYTES);
    long dataStart = Long.BYTES + header;
    if (dataStart > file.bytes()) {
      throw new EOFException(
          "the file ends after %d bytes, in its header of %d".formatted(file.bytes(), header));
    }
    var tensors = parse(file.read(Long.BYTES, (int) header).array());
    long end = requireNoHoles(tensors);
    MalformedException.unless(
        end >= file.bytes() - dataStart,
        "%d bytes behind the last tensor",
        file.bytes() - dataStart - end);
    return new SafetensorsFile(file, dataStart, List.copyOf(tensors));
  }

  private static List<Tensor> parse(byte[] header) throws IOException, MalformedException {
    var tensors = new ArrayList<Tensor>();
    try (var json = JSON.createParser(header)) {
      MalformedException.unless(
          json.nextToken() == JsonToken.START_OBJECT, "safetensors header is no JSON object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var name = json.currentName();
        json.nextToken();
        if (name.equals("__metadata__")) {
          json.skipChildren();
        } else {
          tensors.add(tensor(name, json));
        }
      }
      MalformedException.unless(
          json.nextToken() == null, "safetensors header goes on behind its JSON object");
    } catch (JsonProcessingException malformed) {
      throw new MalformedException("safetensors header: " + malformed.getOriginalMessage());
    }
    return tensors;
  }

  private static Tensor tensor(String name, JsonParser json)
      throws IOException, MalformedException {
    String dtype = null;
    var shape = List.<Long>of();
    var offsets = List.<Long>of();
    MalformedException.unless(
        json.currentToken() == JsonToken.START_OBJECT, "tensor '%s' is no JSON object", name);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> dtype = json.getValueAsString();
        case "shape" -> shape = numbers(name, field, json);
        case "data_offsets" -> offsets = numbers(name, field, json);
        default -> throw new MalformedException("tensor '%s' has a '%s'".formatted(name, field));
      }
    }
    MalformedException.unless(
        dtype != null && offsets.size() == 2 && offsets.get(0) <= offsets.get(1),
        "tensor '%s' has dtype %s and data_offsets %s",
        name,
        dtype,
        offsets);
    return new Tensor(name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private static List<Long> numbers(String name, String field, JsonParser json)
      throws IOException, MalformedException {
    var numbers = new ArrayList<Long>();
    boolean sound = json.currentToken() == JsonToken.START_ARRAY;
    while (sound && json.nextToken() != JsonToken.END_ARRAY) {
      sound =
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && numbers.size() < MAX_DIMENSIONS
              && json.getLongValue() >= 0;
      if (sound) {
        numbers.add(json.getLongValue());
      }
    }
    MalformedException.unless(
        sound, "%s of tensor '%s' are not at most %d whole numbers", field, name, MAX_DIMENSIONS);
    return List.copyOf(numbers);
  }

  /** Where the last tensor ends. */
  private static long requireNoHoles(List<Tensor> tensors) throws MalformedException {
    var byPlace = tensors.toArray(Tensor[]::new);
    Arrays.sort(byPlace, Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
    long end = 0;
    for (var tensor : byPlace) {
      MalformedException.unless(
          tensor.begin() == end,
          "tensor '%s' begins at %d, the one before it ends at %d",
          tensor.name(),
          tensor.begin(),
          end);
      end = tensor.end();
    }
    return end;
  }

  /** All tensors, in the order of the header. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /**
   * Reads a tensor of integers.
   *
   * @throws EOFException if the file ends before the tensor
   * @throws MalformedException if it has no integers, or its length does not fit its shape
   */
  public long[] integers(Tensor tensor) throws IOException, MalformedException {
    var type = INTEGERS.get(tensor.dtype());
    MalformedException.unless(
        type != null, "tensor '%s' is of dtype %s, not integers", tensor.name(), tensor.dtype());
    long length = tensor.end() - tensor.begin();
    MalformedException.unless(
        length <= Integer.MAX_VALUE && length == bytes(tensor.shape(), type),
        "tensor '%s' of shape %s and dtype %s has %d bytes",
        tensor.name(),
        tensor.shape(),
        tensor.dtype(),
        length);
    if (tensor.end() > file.bytes() - dataStart) {
      throw new EOFException(
          "tensor '%s' ends at %d, the file at %d"
              .formatted(tensor.name(), tensor.end(), file.bytes() - dataStart));
    }
    var data = file.read(dataStart + tensor.begin(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    var values = new long[(int) length / type.bytes()];
    Arrays.setAll(values, i -> type.integer(data, i));
    return values;
  }

  /** The bytes of a shape; -1 if a tensor in memory cannot have it. */
  private static long bytes(List<Long> shape, ElementType type) {
    long bytes = type.bytes();
    for (long extent : shape) {
      if (extent > 0 && bytes > Integer.MAX_VALUE / extent) {
        return -1;
      }
      bytes *= extent;
    }
    return bytes;
  }
}
