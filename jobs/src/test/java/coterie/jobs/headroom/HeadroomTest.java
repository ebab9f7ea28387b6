package coterie.jobs.headroom;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadroomTest {

  private static LayerHeadroom layer(double today, double planned, double certificate) {
    var regained = new double[Resampling.REPLICATES];
    Arrays.fill(regained, today - planned);
    return new LayerHeadroom(4, today, planned, certificate, 1, 0.5, regained);
  }

  @Test
  void a_mean_over_layers() {
    var mean = Headroom.overLayers(4, List.of(layer(3, 2, 1.5), layer(2, 2, 2)));
    assertThat(mean.today()).isEqualTo(2.5);
    assertThat(mean.planned()).isEqualTo(2);
    assertThat(mean.certificate()).isEqualTo(1.75);
    assertThat(mean.regainedLow()).isEqualTo(0.5);
  }

  @Test
  void worth_it_if_even_the_low_end_saves_enough() {
    assertThat(new Headroom(1, 2, 1.5, 1.2, 1, 0.5, 0.4, 0.6).answer(0, 0.1))
        .isEqualTo(Headroom.Answer.YES);
  }

  @Test
  void unclear_while_the_interval_holds_the_limit() {
    assertThat(new Headroom(1, 2, 1.5, 1.2, 1, 0.5, 0.1, 0.6).answer(0, 0.1))
        .isEqualTo(Headroom.Answer.UNCLEAR);
  }

  @Test
  void not_worth_it_if_the_certificate_leaves_too_little() {
    assertThat(new Headroom(1, 2, 1.9, 1.9, 1, 0.5, 0.1, 0.3).answer(0, 0.1))
        .isEqualTo(Headroom.Answer.NO);
  }

  @Test
  void not_worth_it_if_what_is_read_is_little_of_the_time() {
    assertThat(new Headroom(1, 2, 1.5, 1.2, 1, 0.5, 0.4, 0.6).answer(10, 0.1))
        .isEqualTo(Headroom.Answer.NO);
  }
}
