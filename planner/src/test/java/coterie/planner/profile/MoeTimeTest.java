package coterie.planner.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.GpuLoad;
import coterie.planner.routing.RouterRule;
import org.junit.jupiter.api.Test;

class MoeTimeTest {

  /** Experts of 30 bytes and 60 operations a token; 10 s launch, 15 bytes and 20 operations a s. */
  private static final MoeTime TIME =
      new MoeTime(new HardwareProfile("toy", 10, 15, 20, 40), new ExpertShape(5, 2, 1.0));

  @Test
  void sizesFollowFromTheShape() {
    var shape = new ExpertShape(7168, 2048, 1.0);
    assertThat(shape.bytes()).isEqualTo(44_040_192);
    assertThat(shape.flopsPerToken()).isEqualTo(88_080_384);
  }

  /** fp8 weights (1 byte) compute at 40 operations a second, so 1.5 s a pair; a copy takes 2 s. */
  @Test
  void theBusiestGpuAndTheScarcerResourceDecide() {
    // One token of one expert: 2 s of reading against 1.5 s of computing.
    assertThat(seconds(1)).isCloseTo(10 + 2.0, within(1e-12));
    // Four tokens of it: still one read, but 6 s of computing.
    assertThat(seconds(4)).isCloseTo(10 + 6.0, within(1e-12));
  }

  /** The measured line that the profile was read from: 23.7 us + 16.0 us an expert of 44 MB. */
  @Test
  void h100ReproducesItsSource() {
    var time = new MoeTime(HardwareProfile.H100, new ExpertShape(7168, 2048, 1.0));
    assertThat(time.seconds(load(5)) * 1e6).isCloseTo(23.7 + 5 * 16.0, within(0.2));
  }

  private static double seconds(int tokens) {
    var placement = Placement.of(new Cluster(1, 1), 1, new int[] {0});
    var sets = TokenSets.builder(1).add(new int[] {0}, 1).build();
    var load = new GpuLoad(1);
    RouterRule.EXACT
        .create(placement, 1)
        .route(TokenBatches.draw(sets, tokens, 1, new SeededRandom(0)), 0, load);
    return TIME.seconds(load);
  }

  /** One token that calls {@code experts} experts on the only GPU. */
  private static GpuLoad load(int experts) {
    var ids = java.util.stream.IntStream.range(0, experts).toArray();
    var placement = Placement.of(new Cluster(1, experts), experts, ids);
    var sets = TokenSets.builder(experts).add(ids, 1).build();
    var load = new GpuLoad(1);
    RouterRule.EXACT
        .create(placement, 1)
        .route(TokenBatches.draw(sets, 1, 1, new SeededRandom(0)), 0, load);
    return load;
  }
}
