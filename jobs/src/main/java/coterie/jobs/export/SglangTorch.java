package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.Tensor;
import coterie.ingest.container.TorchArchive;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The same as {@link SglangJson} in PyTorch's own format: a dictionary with one int64 tensor {@code
 * [hidden layers, slots]}, which SGLang loads with {@code weights_only=True}.
 */
final class SglangTorch implements PlanCodec {

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "SGLang");
    return TorchFile.ofInt64Matrix(SglangJson.KEY, SlotRows.ofHiddenLayers(plan, model));
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    try (var archive = TorchArchive.open(new ByteArrayInputStream(file))) {
      unless(
          archive.root() instanceof Map<?, ?> map
              && map.get(SglangJson.KEY) instanceof Tensor tensor
              && tensor.dimensions() == 2,
          "holds no matrix %s",
          SglangJson.KEY);
      var tensor = (Tensor) ((Map<?, ?>) archive.root()).get(SglangJson.KEY);
      return SlotRows.readHiddenLayers(rows(archive, tensor), model, gpus);
    } catch (IOException broken) {
      throw new MalformedException("is no archive of PyTorch: " + broken.getMessage());
    }
  }

  private static List<List<Integer>> rows(TorchArchive archive, Tensor tensor)
      throws IOException, MalformedException {
    var values = archive.integers(tensor);
    var rows = new ArrayList<List<Integer>>();
    for (int i = 0; i < values.size(0); i++) {
      var row = new ArrayList<Integer>();
      for (int j = 0; j < values.size(1); j++) {
        row.add(Ids.checked(values.at(i, j)));
      }
      rows.add(row);
    }
    return rows;
  }
}
