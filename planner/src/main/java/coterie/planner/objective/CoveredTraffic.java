package coterie.planner.objective;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.ReplicaTable;

/**
 * Traffic with spares: each set is covered anew when one of its experts gains or loses a replica.
 */
final class CoveredTraffic implements TrafficCost {

  private final CalledSets sets;
  private final ReplicaTable replicas;
  private final GpuCover cover;

  /** {@code [sets]} distinct GPUs and nodes now. */
  private final short[] gpus;

  private final short[] nodes;
  private long total;

  CoveredTraffic(TokenSets tokens, Placement start, TrafficPrice price) {
    sets = new CalledSets(tokens, price);
    replicas = ReplicaTable.of(start);
    Cluster cluster = start.cluster();
    cover = new GpuCover(cluster, replicas, price);
    gpus = new short[sets.size()];
    nodes = new short[sets.size()];
    for (int set = 0; set < sets.size(); set++) {
      cover(set);
      store(set);
    }
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public double gpusPerToken() {
    return sets.mean(set -> gpus[set]);
  }

  @Override
  public double nodesPerToken() {
    return sets.mean(set -> nodes[set]);
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    edit(change);
    long units = 0;
    for (int i = sets.begin(change.a()); i < sets.end(change.a()); i++) {
      units += afresh(sets.setOf(i));
    }
    for (int i = sets.begin(change.b()); i < sets.end(change.b()); i++) {
      if (!sets.holds(sets.setOf(i), change.a())) {
        units += afresh(sets.setOf(i));
      }
    }
    edit(change.inverse());
    return units;
  }

  private long afresh(int set) {
    cover(set);
    return difference(set);
  }

  /** What the cover just found costs more than the one in use. */
  private long difference(int set) {
    return (cover.gpus() - gpus[set]) * sets.gpuUnits(set)
        + (cover.nodes() - nodes[set]) * sets.nodeUnits(set);
  }

  @Override
  public void apply(HostChange change) {
    edit(change);
    for (int expert : new int[] {change.a(), change.b()}) {
      for (int i = sets.begin(expert); i < sets.end(expert); i++) {
        cover(sets.setOf(i));
        store(sets.setOf(i));
      }
    }
  }

  private void edit(HostChange change) {
    edit(change.a(), change.fromA(), change.toA());
    edit(change.b(), change.fromB(), change.toB());
  }

  private void edit(int expert, int from, int to) {
    if (from >= 0 || to >= 0) {
      replicas.edit(expert, from, to);
    }
  }

  private void cover(int set) {
    cover.start();
    for (int i = sets.from(set); i < sets.to(set); i++) {
      cover.add(sets.member(i));
    }
    cover.solve();
  }

  private void store(int set) {
    total += difference(set);
    gpus[set] = (short) cover.gpus();
    nodes[set] = (short) cover.nodes();
  }
}
