package coterie.jobs;

import coterie.jobs.command.CoterieCommand;

/** Entry point, the same for the launcher and for spark-submit. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(CoterieCommand.run(args));
  }
}
