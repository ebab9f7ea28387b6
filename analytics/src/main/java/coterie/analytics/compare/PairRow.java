package coterie.analytics.compare;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/** Makes the row of a pair of sides in one layer; both sides have tokens there. */
interface PairRow extends Serializable {

  Row row(LayerComparison.Layer layer, Comparisons sides, Comparisons.Pair pair, SideLoads loads);
}
