package coterie.ingest;

import coterie.ingest.error.UserError;
import coterie.ingest.read.StatedShape;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.read.TraceInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Turns what the user named into files, and looks at each of them. */
final class SourceFinder {

  private static final Pattern LAYER_FILE = Pattern.compile("layer_\\d+\\.parquet");

  /** A file, or a folder and the files in it that together are one trace. */
  record Found(String path, List<String> parts) implements Serializable {}

  private SourceFinder() {}

  /**
   * The files behind paths, globs and folders, each once, in order. In folders, files whose name
   * begins with a dot or an underscore are passed over, as everywhere in Hadoop.
   *
   * @throws UserError naming the path that matches nothing
   */
  static List<Found> find(List<String> paths, Configuration hadoop) {
    var files = new TreeSet<String>();
    for (String given : paths) {
      int before = files.size();
      boolean any;
      try {
        any = collect(new Path(given), hadoop, files);
      } catch (IOException | IllegalArgumentException failure) {
        throw UserError.data(
            "cannot read '%s': %s".formatted(given, failure.getMessage()),
            "maybe the file system or its address is wrong");
      }
      if (!any) {
        throw UserError.data(
            "no file '%s'".formatted(given), "maybe a typing error, or the wrong folder");
      }
      if (files.size() == before) {
        throw UserError.data(
            "folder '%s' holds no trace".formatted(given),
            "files that begin with '.' or '_' are passed over");
      }
    }
    return group(files);
  }

  /** Files of one trace that keeps a file for each layer are one source, named by their folder. */
  private static List<Found> group(Set<String> files) {
    var groups = new TreeMap<String, List<String>>();
    for (String file : files) {
      var path = new Path(file);
      boolean layer = LAYER_FILE.matcher(path.getName()).matches();
      var key = layer ? path.getParent().toString() : file;
      groups.computeIfAbsent(key, name -> new ArrayList<>()).add(file);
    }
    return groups.entrySet().stream().map(g -> new Found(g.getKey(), g.getValue())).toList();
  }

  /** Adds the files behind one path; false if there is nothing at all. */
  private static boolean collect(Path path, Configuration hadoop, Set<String> files)
      throws IOException {
    var system = path.getFileSystem(hadoop);
    var matches = system.globStatus(path);
    if (matches == null || matches.length == 0) {
      return false;
    }
    for (var match : matches) {
      if (match.isDirectory()) {
        collectFolder(system, match.getPath(), files);
      } else {
        files.add(match.getPath().toString());
      }
    }
    return true;
  }

  private static void collectFolder(FileSystem system, Path folder, Set<String> files)
      throws IOException {
    for (var status : system.listStatus(folder)) {
      var name = status.getPath().getName();
      if (name.startsWith(".") || name.startsWith("_")) {
        continue;
      }
      if (status.isDirectory()) {
        collectFolder(system, status.getPath(), files);
      } else {
        files.add(status.getPath().toString());
      }
    }
  }

  /** Reads files once for their checksum and, where needed, again for what they state. */
  static SourceFile inspect(Found found, Optional<TraceFormat> given, Configuration hadoop)
      throws IOException {
    long bytes = 0;
    var checksums = new ArrayList<String>();
    for (String part : found.parts()) {
      var file = new Path(part);
      var system = file.getFileSystem(hadoop);
      bytes += system.getFileStatus(file).getLen();
      try (var in = system.open(file)) {
        checksums.add(Sha256.hex(in));
      }
    }
    var sha256 = checksums.size() == 1 ? checksums.get(0) : Sha256.hex(checksums);
    var first = new Path(found.parts().get(0));
    var system = first.getFileSystem(hadoop);
    TraceFormat format;
    try (var in = system.open(first)) {
      format = given.or(() -> detect(in)).orElse(null);
    }
    StatedShape stated = null;
    if (format != null) {
      try (var in = system.open(first)) {
        stated = format.stated(TraceInput.decompress(in));
      }
    }
    return new SourceFile(found.path(), found.parts(), bytes, sha256, format, stated, null);
  }

  private static Optional<TraceFormat> detect(InputStream in) {
    try {
      return TraceFormat.detect(TraceInput.decompress(in));
    } catch (IOException unreadable) {
      // Not recognised; the caller names the file.
      return Optional.empty();
    }
  }
}
