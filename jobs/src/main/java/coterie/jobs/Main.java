package coterie.jobs;

import coterie.jobs.command.CoterieCommand;

/** Entry point, the same for the launcher and for spark-submit. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    int status = CoterieCommand.run(args);
    if (status == 0 && Boolean.getBoolean("coterie.archiving")) {
      System.err.println("Saving an archive of loaded classes, once: commands will start faster.");
    }
    System.exit(status);
  }
}
