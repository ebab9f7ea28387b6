package coterie.ingest.unpack;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.objects.StaticInvoke;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.AbstractDataType;
import scala.Function1;
import scala.Option;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Names this class in {@code spark.sql.extensions}, beside Iceberg's, and a session can show the
 * packed blocks of {@code routing} as rows.
 *
 * <ul>
 *   <li>{@code SELECT * FROM unpack_routing()}: the columns of {@code activation}, for every block
 *       of {@code lake.moe.routing}. Conditions on data sets, days and requests are applied before
 *       blocks are unpacked. Where the tables lie elsewhere their namespace is the argument: {@code
 *       unpack_routing('catalog.namespace')}.
 *   <li>{@code unpack_block(experts, weights, tokens, moe_layers, top_k)}: one block as an array of
 *       structs; what the table function is made of.
 * </ul>
 */
public final class CoterieExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  private static final long serialVersionUID = 1;

  private static final String BLOCK_FUNCTION = "unpack_block";
  private static final String TABLE_FUNCTION = "unpack_routing";

  private static final String ROWS =
      """
      SELECT r.model, r.revision, r.dataset, r.day, r.workload, r.request_id, r.phase,
        r.first_position + u.token AS position, r.step, r.rank, r.arrival,
        xxhash64(r.source_id, r.request_id, r.phase, r.first_position, r.step, r.rank, r.experts)
          AS block,
        u.layer, u.experts, u.weights, r.source_id
      FROM %1$s.routing r JOIN %1$s.model m ON r.model = m.model AND r.revision = m.revision
        LATERAL VIEW inline(unpack_block(r.experts, r.weights, r.tokens, m.moe_layers, m.top_k)) u
          AS token, layer, experts, weights
      """;

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectFunction(
        described(
            BLOCK_FUNCTION,
            "_FUNC_(experts, weights, tokens, moe_layers, top_k) - rows of a packed block",
            new Block()));
    extensions.injectTableFunction(
        described(
            TABLE_FUNCTION, "_FUNC_([namespace]) - rows of the table routing", new RoutingRows()));
    return BoxedUnit.UNIT;
  }

  private static <T>
      Tuple3<FunctionIdentifier, ExpressionInfo, Function1<Seq<Expression>, T>> described(
          String name, String usage, Function1<Seq<Expression>, T> builder) {
    var info =
        new ExpressionInfo(BlockRows.class.getName(), "", name, usage, "", "", "", "", "", "", "");
    return new Tuple3<>(new FunctionIdentifier(name), info, builder);
  }

  private static void requireArguments(String name, Seq<Expression> given, int least, int most) {
    if (given.size() < least || given.size() > most) {
      throw new IllegalArgumentException(
          "%s takes %s arguments, %d are given"
              .formatted(name, least == most ? least : least + " to " + most, given.size()));
    }
  }

  private static final class Block extends AbstractFunction1<Seq<Expression>, Expression> {

    private static final long serialVersionUID = 1;

    private static final List<AbstractDataType> INPUTS =
        List.of(BinaryType, BinaryType, IntegerType, createArrayType(IntegerType), IntegerType);

    @Override
    public Expression apply(Seq<Expression> arguments) {
      requireArguments(BLOCK_FUNCTION, arguments, INPUTS.size(), INPUTS.size());
      return new StaticInvoke(
          BlockRows.class,
          BlockRows.TYPE,
          "unpack",
          arguments,
          CollectionConverters.asScala(INPUTS).toSeq(),
          false,
          true,
          true,
          Option.empty());
    }
  }

  private static final class RoutingRows extends AbstractFunction1<Seq<Expression>, LogicalPlan> {

    private static final long serialVersionUID = 1;

    @Override
    public LogicalPlan apply(Seq<Expression> arguments) {
      requireArguments(TABLE_FUNCTION, arguments, 0, 1);
      var text = ROWS.formatted(arguments.isEmpty() ? LakeTable.NAMESPACE : text(arguments.head()));
      try {
        return SparkSession.active().sessionState().sqlParser().parsePlan(text);
      } catch (Exception wrong) {
        // The parser throws a checked exception that it does not declare to Java.
        throw new IllegalArgumentException(
            "%s: '%s' is no namespace".formatted(TABLE_FUNCTION, text(arguments.head())), wrong);
      }
    }

    private static String text(Expression argument) {
      if (!argument.foldable() || !argument.dataType().equals(StringType)) {
        throw new IllegalArgumentException(
            "%s takes the namespace of the tables as a literal string".formatted(TABLE_FUNCTION));
      }
      return argument.eval(null).toString();
    }
  }
}
