package coterie.jobs.scenario;

import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.replay.StepDraw;

/** What the tokens of a step are. */
enum StepKind {
  /** Tokens drawn one by one. */
  DECODE {
    @Override
    TokenBatches draw(LayerData data, int batch, int steps, SeededRandom random) {
      return TokenBatches.draw(data.judged(), batch, steps, random);
    }
  },
  /** Three consecutive tokens of each request. */
  SPECULATIVE {
    @Override
    TokenBatches draw(LayerData data, int batch, int steps, SeededRandom random) {
      return new StepDraw(data.judgedInOrder(), random).speculative(batch / RUN, RUN, steps);
    }
  },
  /** Consecutive tokens of prompts. */
  PREFILL {
    @Override
    TokenBatches draw(LayerData data, int batch, int steps, SeededRandom random) {
      return new StepDraw(data.judgedInOrder(), random).mixed(0, batch, steps);
    }
  },
  /** Decode with a chunk of a prompt behind it. */
  MIXED {
    @Override
    TokenBatches draw(LayerData data, int batch, int steps, SeededRandom random) {
      return new StepDraw(data.judgedInOrder(), random).mixed(batch - CHUNK, CHUNK, steps);
    }
  };

  /** Tokens of a request in a speculative step. */
  static final int RUN = 3;

  /** Prefill tokens of a mixed step. */
  static final int CHUNK = 512;

  /** Steps of tokens that are judged. */
  abstract TokenBatches draw(LayerData data, int batch, int steps, SeededRandom random);
}
