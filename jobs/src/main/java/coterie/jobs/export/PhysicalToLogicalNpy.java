package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.ElementType;
import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code phy2log} of DeepSeek's EPLB, as {@code numpy.save} writes it: int64 {@code [MoE layers,
 * slots]}.
 */
final class PhysicalToLogicalNpy implements PlanCodec {

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "phy2log");
    var rows = SlotRows.ofMoeLayers(plan, model);
    var file = new NpyFile(ElementType.I8, rows.size(), rows.get(0).size());
    rows.forEach(row -> row.forEach(file::put));
    return file.bytes();
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var array = NpyArray.parse(file);
    unless(
        array.dimensions() == 2 && array.type().isInteger(),
        "is an array %s of %s, must be integers [MoE layers, slots]",
        array.shapeText(),
        array.type().descr());
    var rows = new ArrayList<List<Integer>>();
    for (int i = 0; i < array.extent(0); i++) {
      var row = new ArrayList<Integer>();
      for (int j = 0; j < array.extent(1); j++) {
        row.add(Ids.checked(array.integer(i * array.extent(1) + j)));
      }
      rows.add(row);
    }
    return SlotRows.readMoeLayers(rows, model, gpus);
  }
}
