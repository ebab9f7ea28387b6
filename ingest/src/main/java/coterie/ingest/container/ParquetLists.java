package coterie.ingest.container;

import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/**
 * One column of lists of numbers, row by row.
 *
 * <p>Lists are told by the levels that Dremel gave them (apache/parquet-format, {@code README.md}):
 * repetition level 0 begins a row; a definition level below the greatest says that there is no
 * number, and how much of the nest there is.
 */
public final class ParquetLists {

  /** What {@link #next} returns for a row that has no list at all. */
  public static final int NO_LIST = -1;

  private final ParquetFile file;
  private final ColumnDescriptor column;
  private final int definedNumber;
  private final int definedElement;
  private int group;
  private long rowsLeft;
  private long valuesLeft;
  private ColumnReader values;

  ParquetLists(ParquetFile file, ColumnDescriptor column) {
    this.file = file;
    this.column = column;
    this.definedNumber = column.getMaxDefinitionLevel();
    boolean optional = column.getPrimitiveType().isRepetition(Type.Repetition.OPTIONAL);
    this.definedElement = optional ? definedNumber - 1 : definedNumber;
  }

  /** True for one list of numbers, of whole ones, floats or halves. */
  static boolean reads(ColumnDescriptor column) {
    var type = column.getPrimitiveType();
    return column.getMaxRepetitionLevel() == 1
        && switch (type.getPrimitiveTypeName()) {
          case INT32, INT64, FLOAT, DOUBLE -> true;
          case FIXED_LEN_BYTE_ARRAY ->
              LogicalTypeAnnotation.float16Type().equals(type.getLogicalTypeAnnotation());
          default -> false;
        };
  }

  /**
   * Reads the next row; there must be one.
   *
   * @param into takes the numbers as far as they fit; NaN for a null
   * @return the length of the list, or {@link #NO_LIST}
   * @throws MalformedException if the column breaks off or its bytes make no sense
   */
  public int next(double[] into) throws IOException, MalformedException {
    try {
      while (rowsLeft == 0) {
        openGroup();
      }
      rowsLeft--;
      return nextList(into);
    } catch (RuntimeException malformed) {
      // Parquet throws all kinds of them on broken bytes, down to those of arrays.
      throw new MalformedException(
          "broken values: %s: %s"
              .formatted(malformed.getClass().getSimpleName(), malformed.getMessage()));
    }
  }

  private void openGroup() throws MalformedException {
    var blocks = file.blocks();
    MalformedException.unless(group < blocks.size(), "no more rows");
    BlockMetaData block = blocks.get(group);
    group++;
    rowsLeft = block.getRowCount();
    var chunk =
        block.getColumns().stream()
            .filter(c -> Arrays.equals(c.getPath().toArray(), column.getPath()))
            .findFirst();
    MalformedException.unless(
        chunk.isPresent(), "row group %d has no column %s", group, column.getPath()[0]);
    if (rowsLeft > 0) {
      var pages = new ParquetPages(file, chunk.get(), column);
      valuesLeft = pages.getTotalValueCount();
      values = new ColumnReaderImpl(column, pages, new PrimitiveConverter() {}, null);
    }
  }

  private int nextList(double[] into) throws MalformedException {
    int count = 0;
    int defined;
    do {
      MalformedException.unless(valuesLeft > 0, "row group %d ends early", group);
      defined = values.getCurrentDefinitionLevel();
      if (defined == definedNumber && count < into.length) {
        into[count] = number();
      } else if (defined == definedNumber) {
        values.skip();
      } else if (count < into.length) {
        into[count] = Double.NaN;
      }
      count += defined >= definedElement ? 1 : 0;
      values.consume();
      valuesLeft--;
    } while (valuesLeft > 0 && values.getCurrentRepetitionLevel() > 0 && count > 0);
    return defined < definedElement - 1 ? NO_LIST : count;
  }

  private double number() {
    return switch (column.getPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> values.getInteger();
      case INT64 -> values.getLong();
      case FLOAT -> values.getFloat();
      case DOUBLE -> values.getDouble();
      default -> {
        var half = values.getBinary().getBytesUnsafe();
        yield Float16.toFloat((short) ((half[0] & 0xFF) | half[1] << 8));
      }
    };
  }
}
