package coterie.jobs.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import coterie.ingest.container.MalformedException;
import coterie.jobs.plan.Plan;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * What lies beside an exported file, so that nobody loads it into the wrong model or cluster, or
 * takes a changed file for the one that was judged. Described in {@code jobs/docs/plan-json.md}.
 *
 * @param format label of the {@link PlanFormat}
 * @param sha256 of the exported bytes, hexadecimal
 * @param header what the plan was made from
 */
public record Fingerprint(String format, String sha256, Plan.Header header) {

  private static final String VERSION_KEY = "coterie_fingerprint";
  private static final int VERSION = 1;

  /** The fingerprint of a file. */
  public static Fingerprint of(PlanFormat format, byte[] file, Plan.Header header) {
    return new Fingerprint(format.label(), sha256(file), header);
  }

  /** Where the fingerprint of {@code file} lies. */
  public static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".coterie.json");
  }

  /** True if these are the bytes that the fingerprint was made of. */
  public boolean fits(byte[] file) {
    return sha256.equals(sha256(file));
  }

  /**
   * The fingerprint as a file.
   *
   * @param name of the exported file
   * @param start what the engine must be told; for people, not read back
   */
  public byte[] json(String name, EngineStart start) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put(VERSION_KEY, VERSION);
    root.put("file", name);
    root.put("format", format);
    root.put("sha256", sha256);
    root.set("plan", HeaderJson.write(header));
    if (!start.engine().isEmpty()) {
      var engine = root.putObject("engine");
      engine.put("name", start.engine());
      engine.put("start_with", start.options());
      var notes = engine.putArray("notes");
      start.notes().forEach(notes::add);
    }
    return JsonFile.pretty(root);
  }

  /**
   * Reads a fingerprint.
   *
   * @throws MalformedException saying what is wrong with it
   */
  public static Fingerprint parse(byte[] json) throws MalformedException {
    JsonNode root = JsonFile.parse(json);
    JsonFile.requireKeys(root, Set.of(VERSION_KEY, "file", "format", "sha256", "plan", "engine"));
    int version = JsonFile.integer(root, VERSION_KEY);
    MalformedException.unless(
        version == VERSION, "has version %d, this Coterie reads %d", version, VERSION);
    return new Fingerprint(
        JsonFile.text(root, "format"),
        JsonFile.text(root, "sha256"),
        HeaderJson.read(JsonFile.field(root, "plan")));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
