package dev.millrace.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files of an embedded registry, at locations {@code file:/...}. Hadoop's local file system would
 * do, but starts a process ({@code chmod}) for each file it writes, eight a commit.
 */
final class LocalFiles implements SupportsPrefixOperations {
  static final String PREFIX = "file:";

  @Override
  public InputFile newInputFile(String location) {
    return new Input(location);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new Output(location);
  }

  @Override
  public void deleteFile(String location) {
    try {
      java.nio.file.Files.deleteIfExists(path(location));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    Path folder = path(prefix);
    if (!java.nio.file.Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = java.nio.file.Files.walk(folder)) {
      List<FileInfo> found = new ArrayList<>();
      for (Path file : files.filter(java.nio.file.Files::isRegularFile).toList()) {
        found.add(
            new FileInfo(
                PREFIX + file,
                java.nio.file.Files.size(file),
                java.nio.file.Files.getLastModifiedTime(file).toMillis()));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void deletePrefix(String prefix) {
    listPrefix(prefix).forEach(file -> deleteFile(file.location()));
  }

  private static Path path(String location) {
    return Path.of(location.startsWith(PREFIX) ? location.substring(PREFIX.length()) : location);
  }

  /**
   * Keeps the location as given: the catalog compares it, and metadata repeats it for other
   * engines.
   */
  private record Input(String location) implements InputFile {
    @Override
    public long getLength() {
      return file().getLength();
    }

    @Override
    public SeekableInputStream newStream() {
      return file().newStream();
    }

    @Override
    public boolean exists() {
      return file().exists();
    }

    private InputFile file() {
      return Files.localInput(path(location).toFile());
    }
  }

  /** Keeps the location as {@link Input} does. */
  private record Output(String location) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      return open().create();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return open().createOrOverwrite();
    }

    @Override
    public InputFile toInputFile() {
      return new Input(location);
    }

    private OutputFile open() {
      Path path = path(location);
      try {
        java.nio.file.Files.createDirectories(path.resolveSibling(""));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Files.localOutput(path.toFile());
    }
  }
}
