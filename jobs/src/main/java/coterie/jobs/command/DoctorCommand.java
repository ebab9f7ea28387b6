package coterie.jobs.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.doctor.Finding;
import coterie.jobs.doctor.Finding.Grade;
import coterie.jobs.doctor.LakeChecks;
import coterie.jobs.doctor.MachineChecks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie doctor}. */
@Command(
    name = "doctor",
    description = "Look whether this machine can run Coterie, and say what to fix.",
    footer = {
      "",
      "Looks at Java, memory, text encoding, disk, Spark, the catalog and GPUs. Without a lake an",
      "empty one is made in the folder for temporary files, and removed.",
      "Exit code 1 if something is wrong; a notice is not.",
      "",
      "Example:",
      "  coterie doctor --lake lake"
    })
final class DoctorCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    var folder = lakeOptions.folderIfKnown().map(Path::of);
    var findings = new ArrayList<>(MachineChecks.all(folder));
    findings.addAll(folder.isPresent() ? lake() : emptyLake());
    if (json) {
      System.out.println(json(findings));
    } else {
      findings.forEach(DoctorCommand::print);
    }
    return findings.stream().anyMatch(finding -> finding.grade() == Grade.WRONG) ? 1 : 0;
  }

  private List<Finding> lake() {
    try (OpenLake lake = lakeOptions.open()) {
      return LakeChecks.all(lake.spark());
    } catch (RuntimeException failure) {
      return List.of(LakeChecks.closed(failure));
    }
  }

  private List<Finding> emptyLake() {
    try {
      var folder = Files.createTempDirectory("coterie-doctor");
      try (OpenLake lake = lakeOptions.openOrCreate(folder.toString())) {
        return LakeChecks.all(lake.spark());
      } finally {
        delete(folder);
      }
    } catch (IOException | RuntimeException failure) {
      return List.of(
          LakeChecks.closed(
              failure instanceof RuntimeException unchecked
                  ? unchecked
                  : new UncheckedIOException((IOException) failure)));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void print(Finding finding) {
    System.out.printf("%-8s%-17s%s%n", label(finding), finding.what(), finding.found());
    Optional.of(finding.advice())
        .filter(advice -> !advice.isEmpty())
        .ifPresent(advice -> System.out.printf("%-25s%s%n", "", advice));
  }

  private static String label(Finding finding) {
    return finding.grade().name().toLowerCase(Locale.ROOT);
  }

  private static String json(List<Finding> findings) {
    var list = JsonNodeFactory.instance.arrayNode();
    for (var finding : findings) {
      list.addObject()
          .put("grade", label(finding))
          .put("what", finding.what())
          .put("found", finding.found())
          .put("advice", finding.advice());
    }
    return list.toString();
  }
}
