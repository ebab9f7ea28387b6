package coterie.jobs.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code coterie completion}. */
@Command(
    name = "completion",
    description = "Print a script that teaches bash or zsh to complete command lines.",
    footer = {
      "",
      "Example:",
      "  source <(coterie completion)",
      "  coterie completion > ~/.local/share/bash-completion/completions/coterie"
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var root = spec.root().commandLine();
    System.out.print(AutoComplete.bash(root.getCommandName(), root));
    return 0;
  }
}
