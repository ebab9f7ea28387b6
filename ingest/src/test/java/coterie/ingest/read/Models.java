package coterie.ingest.read;

import coterie.ingest.table.ModelGeometry;
import java.util.List;

/** Shapes for tests. */
public final class Models {

  /** Two layers, both MoE, top-2 of 4: the shape of {@link NumpyBytes}. */
  public static final ModelGeometry TINY =
      new ModelGeometry("tiny", "main", 2, List.of(0, 1), 4, 2, 0, null, 1);

  /** Four layers of which 1 and 3 are MoE, top-2 of 4. */
  public static final ModelGeometry WITH_DENSE_LAYERS =
      new ModelGeometry("dense", "main", 4, List.of(1, 3), 4, 2, 0, null, 1);

  private Models() {}
}
