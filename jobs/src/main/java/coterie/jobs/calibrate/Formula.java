package coterie.jobs.calibrate;

import java.util.List;

/** The formulas there are, and what their constants are called. */
enum Formula {
  MOE {
    @Override
    List<String> names() {
      return MoeFormula.NAMES;
    }
  },
  LOW_LATENCY {
    @Override
    List<String> names() {
      return TransferFormula.LOW_LATENCY_NAMES;
    }
  },
  NORMAL {
    @Override
    List<String> names() {
      return TransferFormula.NORMAL_NAMES;
    }
  },
  ATTENTION {
    @Override
    List<String> names() {
      return AttentionFormula.NAMES;
    }
  };

  abstract List<String> names();
}
