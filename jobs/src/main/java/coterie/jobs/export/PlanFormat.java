package coterie.jobs.export;

import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.Arrays;
import java.util.Optional;

/** The formats that plans can be exported to. */
public enum PlanFormat {
  /** SGLang's {@code --init-expert-location} JSON. */
  SGLANG("sglang") {
    @Override
    public byte[] bytes(Plan plan, ModelGeometry model) {
      return SglangPlan.json(plan, model);
    }
  };

  private final String label;

  PlanFormat(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** The whole file. The same plan gives the same bytes. */
  public abstract byte[] bytes(Plan plan, ModelGeometry model);

  /** The format of this name. */
  public static Optional<PlanFormat> find(String label) {
    return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
  }
}
