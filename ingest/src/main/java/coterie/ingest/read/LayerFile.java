package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.ParquetFile;
import coterie.ingest.container.ParquetLists;
import java.io.Closeable;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The Parquet file of one layer: {@code indices}, the experts of a token a row, and scores. */
final class LayerFile implements Closeable {

  private static final Pattern NAME = Pattern.compile("layer_(\\d{1,9})\\.parquet");

  private final String name;
  private final ParquetFile file;
  private final ParquetLists experts;
  private final ParquetLists scores;

  private LayerFile(String name, ParquetFile file, ParquetLists experts, ParquetLists scores) {
    this.name = name;
    this.file = file;
    this.experts = experts;
    this.scores = scores;
  }

  /** Opens a part. */
  static LayerFile open(TracePart part) throws IOException, MalformedException {
    try (var in = part.opener().open()) {
      var file = ParquetFile.open(in);
      LayerFile layer = null;
      try {
        var experts = file.lists("indices");
        MalformedException.unless(experts.isPresent(), "no column indices");
        layer = new LayerFile(part.name(), file, experts.get(), file.lists("scores").orElse(null));
        return layer;
      } finally {
        if (layer == null) {
          file.close();
        }
      }
    } catch (MalformedException malformed) {
      throw new MalformedException(part.name() + ": " + malformed.getMessage());
    }
  }

  /**
   * The parts in the order of the MoE layers.
   *
   * @param moeLayers hidden-layer ids
   * @throws RejectedException naming what is missing or of no use
   */
  static List<TracePart> inOrder(List<TracePart> parts, List<Integer> moeLayers)
      throws RejectedException {
    for (var part : parts) {
      if (!NAME.matcher(part.name()).matches()) {
        throw misfit("file '%s' is not named layer_<n>.parquet".formatted(part.name()));
      }
    }
    var sorted = parts.stream().sorted(Comparator.comparingInt(LayerFile::number)).toList();
    var numbers = sorted.stream().map(LayerFile::number).toList();
    var fromOne = moeLayers.stream().map(id -> id + 1).toList();
    var ordinals = IntStream.range(0, moeLayers.size()).boxed().toList();
    if (!List.of(moeLayers, fromOne, ordinals).contains(numbers)) {
      throw misfit(
          ("files of layers %s, expected %s, or %s as Megatron-LM counts, or %s counting MoE layers"
                  + " only")
              .formatted(numbers, range(moeLayers), range(fromOne), range(ordinals)));
    }
    return sorted;
  }

  private static String range(List<Integer> numbers) {
    int first = numbers.get(0);
    int last = numbers.get(numbers.size() - 1);
    return last - first + 1 == numbers.size() ? first + " to " + last : numbers.toString();
  }

  private static RejectedException misfit(String detail) {
    return new RejectedException(IssueReason.SHAPE, detail);
  }

  private static int number(TracePart part) {
    return Integer.parseInt(NAME.matcher(part.name()).replaceAll("$1"));
  }

  String name() {
    return name;
  }

  long rows() {
    return file.rows();
  }

  boolean hasScores() {
    return scores != null;
  }

  /**
   * Reads the next row; there must be one.
   *
   * @param ids takes the experts
   * @param weights takes the scores, if there are any
   * @return what is wrong with the row, if anything is
   */
  Optional<String> next(double[] ids, double[] weights) throws IOException, MalformedException {
    try {
      var ofExperts = problem("indices", experts.next(ids), ids.length);
      var ofScores =
          scores == null
              ? Optional.<String>empty()
              : problem("scores", scores.next(weights), weights.length);
      return ofExperts.or(() -> ofScores);
    } catch (MalformedException malformed) {
      throw new MalformedException(name + ": " + malformed.getMessage());
    }
  }

  private Optional<String> problem(String column, int length, int topK) {
    if (length == topK) {
      return Optional.empty();
    }
    return Optional.of(
        length == ParquetLists.NO_LIST
            ? "%s: no %s".formatted(name, column)
            : "%s: %d %s, not %d".formatted(name, length, column, topK));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
