package coterie.ingest;

import coterie.ingest.error.UserError;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.read.TraceInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Turns what the user named into files, and looks at each of them. */
final class SourceFinder {

  private SourceFinder() {}

  /**
   * The files behind paths, globs and folders, each once, in order. In folders, files whose name
   * begins with a dot or an underscore are passed over, as everywhere in Hadoop.
   *
   * @throws UserError naming the path that matches nothing
   */
  static List<String> find(List<String> paths, Configuration hadoop) {
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
    return new ArrayList<>(files);
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

  /** Reads one file once for its checksum and, where needed, a second time for what it states. */
  static SourceFile inspect(String path, Optional<TraceFormat> given, Configuration hadoop)
      throws IOException {
    var file = new Path(path);
    var system = file.getFileSystem(hadoop);
    long bytes = system.getFileStatus(file).getLen();
    String sha256;
    try (var in = system.open(file)) {
      sha256 = Sha256.hex(in);
    }
    TraceFormat format;
    try (var in = system.open(file)) {
      format = given.or(() -> detect(in)).orElse(null);
    }
    if (format == null) {
      return new SourceFile(path, bytes, sha256, null, null);
    }
    try (var in = system.open(file)) {
      return new SourceFile(path, bytes, sha256, format, format.stated(TraceInput.decompress(in)));
    }
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
