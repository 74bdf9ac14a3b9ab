package dev.millrace.pipelines.runs;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFs;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FsConstants;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Files of this machine through Hadoop, without a process for each. Hadoop runs {@code chmod} for
 * each file that it makes and {@code readlink} eight times for each that it renames: eighty
 * processes for one batch of a stream. What is asked and set is the same.
 */
public final class LocalFiles {
  private static final boolean UNIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  private static final String MODE = "unix:mode";

  /** A folder's bits by which what is made in it is its group's or owner's: {@code chmod} keeps. */
  private static final int GROUP = 06000;

  private LocalFiles() {}

  /** What Hadoop is told for that. */
  public static Map<String, String> settings() {
    return Map.of(
        "fs.file.impl", Checked.class.getName(),
        "fs.AbstractFileSystem.file.impl", CheckedContext.class.getName());
  }

  /** Read once: it is a thousand settings out of XML. */
  private static final Configuration CONF = read();

  private static Configuration read() {
    Configuration conf = new Configuration();
    settings().forEach(conf::set);
    return conf;
  }

  /** Hadoop's settings with these, for the caller to change. */
  public static Configuration conf() {
    return new Configuration(CONF);
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (!UNIX) {
        super.setPermission(path, permission);
        return;
      }
      java.nio.file.Path file = pathToFile(path).toPath();
      int kept = Files.isDirectory(file) ? (Integer) Files.getAttribute(file, MODE) & GROUP : 0;
      Files.setAttribute(file, MODE, kept | permission.toShort());
    }

    @Override
    public FileStatus getFileLinkStatus(Path path) throws IOException {
      return Files.isSymbolicLink(pathToFile(path).toPath())
          ? super.getFileLinkStatus(path)
          : getFileStatus(path);
    }
  }

  /** Hadoop's local files, with their checksums beside them; made by Hadoop. */
  public static final class Checked extends LocalFileSystem {
    public Checked() {
      super(new Raw());
    }
  }

  private static final class RawContext extends DelegateToFileSystem {
    RawContext(Configuration conf) throws IOException, URISyntaxException {
      super(FsConstants.LOCAL_FS_URI, new Raw(), conf, FsConstants.LOCAL_FS_URI.getScheme(), false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }

    @Override
    public boolean isValidName(String name) {
      return true;
    }
  }

  /** The same for Hadoop's other interface to files, {@code FileContext}; made by Hadoop. */
  public static final class CheckedContext extends ChecksumFs {
    /** Hadoop gives the file system's address, which is always the same. */
    public CheckedContext(URI unused, Configuration conf) throws IOException, URISyntaxException {
      super(new RawContext(conf));
    }
  }
}
