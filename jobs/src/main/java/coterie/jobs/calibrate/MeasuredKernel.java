package coterie.jobs.calibrate;

import coterie.planner.profile.AttentionCost;
import coterie.planner.profile.LowLatencyTransfer;
import coterie.planner.profile.MoeKernel;
import coterie.planner.profile.NormalTransfer;
import java.nio.file.Path;
import java.util.List;

/** The kernels that there are measurements of: the file, the formula, its constants now. */
enum MeasuredKernel {
  DECODE("decode MoE (DeepEP low latency)", "moe_decode_h100.csv", Formula.MOE) {
    @Override
    double[] constants() {
      return MoeFormula.constants(MoeKernel.DEEPEP_DECODE);
    }

    @Override
    Point point(MeasuredRow row) {
      return MoeFormula.decode(MoeKernel.DEEPEP_DECODE, row);
    }
  },
  PREFILL("prefill MoE (DeepEP normal)", "moe_prefill_h100.csv", Formula.MOE) {
    @Override
    double[] constants() {
      return MoeFormula.constants(MoeKernel.DEEPEP_PREFILL);
    }

    @Override
    Point point(MeasuredRow row) {
      return MoeFormula.prefill(MoeKernel.DEEPEP_PREFILL, row);
    }
  },
  FUSED_HALF("fused MoE, bf16", "moe_fused_h100.csv", Formula.MOE) {
    @Override
    double[] constants() {
      return MoeFormula.constants(MoeKernel.FUSED_HALF);
    }

    @Override
    boolean covers(MeasuredRow row) {
      return row.text("moe_dtype").equals("bfloat16");
    }

    @Override
    Point point(MeasuredRow row) {
      return MoeFormula.fused(MoeKernel.FUSED_HALF, 2, row);
    }
  },
  FUSED_QUARTER("fused MoE, fp8", "moe_fused_h100.csv", Formula.MOE) {
    @Override
    double[] constants() {
      return MoeFormula.constants(MoeKernel.FUSED_QUARTER);
    }

    @Override
    boolean covers(MeasuredRow row) {
      return row.text("moe_dtype").equals("fp8_block");
    }

    @Override
    Point point(MeasuredRow row) {
      return MoeFormula.fused(MoeKernel.FUSED_QUARTER, 1, row);
    }
  },
  FUSED_NIBBLE("fused MoE, int4", "moe_fused_h100.csv", Formula.MOE) {
    @Override
    double[] constants() {
      return MoeFormula.constants(MoeKernel.FUSED_NIBBLE);
    }

    @Override
    boolean covers(MeasuredRow row) {
      return row.text("moe_dtype").equals("int4_wo");
    }

    @Override
    Point point(MeasuredRow row) {
      // 4 bits and a 2-byte scale for 128 weights.
      return MoeFormula.fused(MoeKernel.FUSED_NIBBLE, 0.5 + 2.0 / 128, row);
    }
  },
  LOW_LATENCY_DISPATCH(
      "DeepEP low-latency dispatch", "deepep_low_latency_h100.csv", Formula.LOW_LATENCY) {
    @Override
    double[] constants() {
      return TransferFormula.constants(LowLatencyTransfer.DISPATCH);
    }

    @Override
    Point point(MeasuredRow row) {
      return TransferFormula.lowLatency(LowLatencyTransfer.DISPATCH, "dispatch_avg_t_us", row);
    }
  },
  LOW_LATENCY_COMBINE(
      "DeepEP low-latency combine", "deepep_low_latency_h100.csv", Formula.LOW_LATENCY) {
    @Override
    double[] constants() {
      return TransferFormula.constants(LowLatencyTransfer.COMBINE);
    }

    @Override
    Point point(MeasuredRow row) {
      return TransferFormula.lowLatency(LowLatencyTransfer.COMBINE, "combine_avg_t_us", row);
    }
  },
  NORMAL_DISPATCH("DeepEP normal dispatch", "deepep_normal_h100.csv", Formula.NORMAL) {
    @Override
    double[] constants() {
      return TransferFormula.constants(NormalTransfer.DISPATCH);
    }

    @Override
    Point point(MeasuredRow row) {
      return TransferFormula.normal(
          NormalTransfer.DISPATCH, "dispatch_transmit_us", "dispatch_sms", row);
    }
  },
  NORMAL_COMBINE("DeepEP normal combine", "deepep_normal_h100.csv", Formula.NORMAL) {
    @Override
    double[] constants() {
      return TransferFormula.constants(NormalTransfer.COMBINE);
    }

    @Override
    Point point(MeasuredRow row) {
      return TransferFormula.normal(
          NormalTransfer.COMBINE, "combine_transmit_us", "combine_sms", row);
    }
  },
  MLA("MLA decode", "mla_decode_h100.csv", Formula.ATTENTION) {
    @Override
    double[] constants() {
      return AttentionFormula.constants(AttentionCost.MLA_H100);
    }

    @Override
    Point point(MeasuredRow row) {
      return AttentionFormula.mla(row);
    }
  };

  private final String title;
  private final String file;
  private final Formula formula;

  MeasuredKernel(String title, String file, Formula formula) {
    this.title = title;
    this.file = file;
    this.formula = formula;
  }

  String title() {
    return title;
  }

  String file() {
    return file;
  }

  /** What the constants are called. */
  List<String> names() {
    return formula.names();
  }

  /** The constants of the profile. */
  abstract double[] constants();

  /** True if a row of the file is of this kernel. */
  boolean covers(MeasuredRow row) {
    return true;
  }

  abstract Point point(MeasuredRow row);

  /** The measurements of this kernel. */
  List<Point> points(Path folder) {
    return MeasuredFile.read(folder.resolve(file)).stream()
        .filter(this::covers)
        .map(this::point)
        .toList();
  }
}
