package coterie.jobs.export;

import java.util.List;

/**
 * What the engine must be told for a plan file to be in force.
 *
 * @param engine its name
 * @param options for its command line or configuration, empty if the engine has none
 * @param notes what else must hold, a sentence each
 */
public record EngineStart(String engine, String options, List<String> notes) {

  public EngineStart {
    notes = List.copyOf(notes);
  }
}
