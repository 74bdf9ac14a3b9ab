package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Location;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The files of a location, wherever Hadoop reads files. */
public final class FilesAtRest {
  private FilesAtRest() {}

  /**
   * All of them, by name: the file itself, or what is in the folder and the folders within but for
   * files and folders that begin with a dot or an underscore.
   *
   * @throws MillraceException where there is none
   */
  public static List<LocatedFileStatus> list(Location.Files files, Configuration conf) {
    List<LocatedFileStatus> found = new ArrayList<>();
    Path path = new Path(files.path());
    try {
      FileSystem system = path.getFileSystem(conf);
      if (system.exists(path)) {
        Path root = system.makeQualified(path);
        RemoteIterator<LocatedFileStatus> each = system.listFiles(path, true);
        while (each.hasNext()) {
          LocatedFileStatus file = each.next();
          if (!isHidden(file.getPath(), root)) {
            found.add(file);
          }
        }
      }
    } catch (IOException failure) {
      throw unreadable(files, failure);
    }
    if (found.isEmpty()) {
      throw MillraceException.because(
          "Cannot read " + files, "there is no such file or the folder is empty", "Check the path");
    }
    found.sort(Comparator.comparing(file -> file.getPath().toString()));
    return found;
  }

  /** Whether the file, or a folder that it lies in below the root, is no data. */
  private static boolean isHidden(Path file, Path root) {
    Path at = file;
    for (int left = Math.max(1, file.depth() - root.depth()); left > 0; left--) {
      if (at.getName().startsWith("_") || at.getName().startsWith(".")) {
        return true;
      }
      at = at.getParent();
    }
    return false;
  }

  /** The same, without what is known of them. */
  public static List<Path> paths(Location.Files files, Configuration conf) {
    return list(files, conf).stream().map(LocatedFileStatus::getPath).toList();
  }

  /** A digest of the files' names and bytes. */
  public static String digest(List<Path> paths, Configuration conf) {
    StringBuilder all = new StringBuilder();
    for (Path path : paths) {
      try (InputStream in = path.getFileSystem(conf).open(path)) {
        all.append(path.getName()).append(' ').append(Digest.sha256(in)).append('\n');
      } catch (IOException failure) {
        throw unreadable(path, failure);
      }
    }
    return Digest.sha256(all.toString());
  }

  private static MillraceException unreadable(Object what, IOException failure) {
    return MillraceException.because(
        "Cannot read " + what,
        String.valueOf(failure.getMessage()),
        "Check the path and its permissions");
  }
}
