package coterie.jobs.command;

import coterie.jobs.simulate.Verdict;
import coterie.jobs.text.TextTable;
import coterie.planner.routing.RouterRule;
import java.util.Comparator;
import java.util.List;

/** The demo's last table: few columns, and under it what they mean. */
final class DemoVerdict {

  private static final String BASELINE = "eplb-0";

  private DemoVerdict() {}

  static String render(List<Verdict> verdicts) {
    var table =
        new TextTable(
            "planner",
            "spare slots",
            "batch",
            "cost",
            "certificate",
            "excess",
            "gain over EPLB",
            "with vLLM's router");
    var exact = verdicts.stream().filter(v -> isRouter(v, RouterRule.EXACT)).toList();
    int batch = exact.get(0).batch();
    var ordered = exact.stream().sorted(Comparator.comparingInt(Verdict::batch)).toList();
    for (var verdict : ordered) {
      if (verdict.batch() != batch) {
        table.gap();
        batch = verdict.batch();
      }
      boolean spares = verdict.plan().endsWith("-1");
      table.row(
          verdict.plan().startsWith("eplb") ? "eplb" : "local-search",
          spares ? "1 per GPU" : "none",
          Integer.toString(batch),
          "%.3f".formatted(verdict.experts()),
          "%.3f".formatted(verdict.certificate()),
          "%.3f".formatted(verdict.excess()),
          gain(verdict, verdicts, RouterRule.EXACT),
          gain(verdict, verdicts, RouterRule.VLLM));
    }
    return table.render()
        + """

        cost         distinct experts that the busiest of 8 GPUs must read in a step, mean over layers
        certificate  no placement of any kind can have a lower cost
        excess       what is left between the two
        gain         against EPLB without spare slots, best choice among replicas for every step
        vLLM's       the same under the rule that vLLM ships: it spreads an expert's tokens over all
                     replicas, which reads more of them, so that spare slots can cost instead of help
        """;
  }

  private static boolean isRouter(Verdict verdict, RouterRule rule) {
    return verdict.router().equals(rule.label());
  }

  private static String gain(Verdict verdict, List<Verdict> all, RouterRule rule) {
    double own = cost(all, verdict.plan(), verdict.batch(), rule);
    double baseline = cost(all, BASELINE, verdict.batch(), rule);
    return verdict.plan().equals(BASELINE) ? "-" : "%+.1f %%".formatted(100 * (1 - own / baseline));
  }

  private static double cost(List<Verdict> all, String plan, int batch, RouterRule rule) {
    return all.stream()
        .filter(v -> v.plan().equals(plan) && v.batch() == batch && isRouter(v, rule))
        .findFirst()
        .orElseThrow()
        .experts();
  }
}
