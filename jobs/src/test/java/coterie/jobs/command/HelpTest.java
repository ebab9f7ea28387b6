package coterie.jobs.command;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.Coterie;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every command says of itself. */
class HelpTest {

  static Stream<Named<CommandLine>> commands() {
    return below(CoterieCommand.line())
        .filter(line -> line.getSubcommands().isEmpty())
        .map(line -> Named.of(line.getCommandSpec().qualifiedName(), line));
  }

  private static Stream<CommandLine> below(CommandLine line) {
    return Stream.concat(
        Stream.of(line), line.getSubcommands().values().stream().flatMap(HelpTest::below));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasAnExampleThatItsOwnOptionsAllow(CommandLine command) {
    var lines = Arrays.stream(command.getUsageMessage().split("\n", -1)).toList();
    assertThat(lines)
        .contains("Example:")
        .allSatisfy(line -> assertThat(line.length()).isLessThan(101));
    var examples = examples(lines.subList(lines.indexOf("Example:") + 1, lines.size()));
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      var words = words(example);
      assertThat(String.join(" ", words))
          .startsWith(command.getCommandSpec().qualifiedName().replaceFirst("^coterie ", ""));
      CoterieCommand.line().parseArgs(words.toArray(String[]::new));
    }
  }

  /** Lines that begin with the program, joined with those that continue them. */
  private static List<String> examples(List<String> lines) {
    var examples = new ArrayList<String>();
    for (String line : lines) {
      if (line.startsWith("  coterie ")) {
        examples.add(line.strip());
      } else if (!line.isBlank() && !examples.isEmpty()) {
        int last = examples.size() - 1;
        examples.set(last, examples.get(last).replaceFirst("\\\\$", "") + " " + line.strip());
      }
    }
    return examples;
  }

  /** As a shell would split it: quotes hold together, redirections are not for the program. */
  private static List<String> words(String example) {
    var words = new ArrayList<String>();
    var matcher = java.util.regex.Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(example);
    while (matcher.find() && !matcher.group().equals(">")) {
      words.add(matcher.group().replaceAll("^[\"']|[\"']$", ""));
    }
    return words.subList(1, words.size());
  }

  @Test
  void completionKnowsEveryCommand(@TempDir Path folder) throws Exception {
    var script = Coterie.run("completion").ok().out();
    var file = Files.writeString(folder.resolve("coterie.bash"), script);
    var shell =
        new ProcessBuilder(
                "bash",
                "-c",
                (". '%s'; COMP_WORDS=(coterie sim); COMP_CWORD=1; _complete_coterie;"
                        + " echo \"${COMPREPLY[@]}\"")
                    .formatted(file))
            .redirectErrorStream(true)
            .start();
    assertThat(
            new String(
                shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("simulate");
    assertThat(CoterieCommand.line().getSubcommands().keySet())
        .allSatisfy(name -> assertThat(script).contains(name));
  }

  /** Every fenced line of the documentation that runs Coterie parses. */
  @ParameterizedTest
  @MethodSource("pages")
  void commandsOfThePagesParse(Path page) throws IOException {
    boolean fenced = false;
    var commands = new ArrayList<String>();
    for (String line : Files.readAllLines(page)) {
      fenced = line.startsWith("```") ? !fenced : fenced;
      if (fenced && line.startsWith("coterie ")) {
        commands.add(line);
      } else if (fenced
          && !commands.isEmpty()
          && commands.get(commands.size() - 1).endsWith("\\")) {
        int last = commands.size() - 1;
        commands.set(last, commands.get(last).replaceFirst("\\\\$", "") + line.strip());
      }
    }
    for (String command : commands) {
      var words = words(command.replaceFirst(" +#.*", ""));
      CoterieCommand.line().parseArgs(words.toArray(String[]::new));
    }
  }

  static Stream<Path> pages() throws IOException {
    try (var files = Files.list(Coterie.root().resolve("jobs/docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
    }
  }
}
