package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.ingest.model.ModelPresets;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Selection;
import coterie.planner.routing.RouterRule;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Checks of option values that several commands share. */
final class Checks {

  private static final int MAX_NAME = 200;

  private Checks() {}

  /** A name of a model, revision or data set: anything printable. */
  static String name(String option, String value) {
    boolean printable = value.codePoints().noneMatch(c -> Character.isISOControl(c));
    if (value.isBlank() || value.length() > MAX_NAME || !printable) {
      throw UserError.usage(
          "%s '%s' is no name".formatted(option, value),
          "1 to %d printable characters".formatted(MAX_NAME));
    }
    return value;
  }

  static String statedPhase(String value) {
    return oneOf("--phase", value, List.of(RoutingTable.PREFILL, RoutingTable.DECODE));
  }

  static String selectedPhase(String value) {
    return oneOf(
        "--phase",
        value,
        List.of(
            RoutingTable.PREFILL, RoutingTable.DECODE, PassLoadTable.MIXED, Selection.ALL_PHASES));
  }

  static String oneOf(String option, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw UserError.usage(
          "unknown %s '%s'".formatted(option, value), "one of: " + String.join(", ", allowed));
    }
    return value;
  }

  /** The shape that is known by this name without a file. */
  static ModelGeometry builtInShape(String model) {
    return ModelPresets.find(model)
        .orElseThrow(
            () ->
                UserError.usage(
                    "no built-in shape of '%s'".formatted(model),
                    "one of: " + String.join(", ", ModelPresets.names())));
  }

  /** Batch sizes: at least one, each at least 1, none twice. */
  static List<Integer> batches(List<Integer> values) {
    for (int value : values) {
      atLeast("--batch", value, 1);
    }
    if (new LinkedHashSet<>(values).size() != values.size()) {
      throw UserError.usage(
          "--batch %s names a batch size twice".formatted(values), "each batch size once");
    }
    return values;
  }

  static int atLeast(String option, int value, int least) {
    return (int) atLeast(option, (long) value, least);
  }

  static long atLeast(String option, long value, long least) {
    if (value < least) {
      throw UserError.usage(
          "%s is %d".formatted(option, value), "must be at least %d".formatted(least));
    }
    return value;
  }

  /** The rule named on the command line. */
  static RouterRule router(String label) {
    return RouterRule.find(label)
        .orElseThrow(
            () ->
                UserError.usage(
                    "unknown --router '%s'".formatted(label),
                    "one of: "
                        + Arrays.stream(RouterRule.values())
                            .map(RouterRule::label)
                            .collect(Collectors.joining(", "))));
  }
}
