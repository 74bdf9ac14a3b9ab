package dev.millrace.registry;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.Files;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files of a local file system, at locations {@code file:/...}; what is written is on the disk when
 * the file is closed. Hadoop's local file system would do, but starts a process ({@code chmod}) for
 * each file it writes, eight a commit.
 *
 * <p>Public so that Iceberg can make one by its name ({@code io-impl}).
 */
public final class LocalFiles implements SupportsPrefixOperations {
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
      try {
        return new ReadStream(FileChannel.open(path(location), StandardOpenOption.READ));
      } catch (NoSuchFileException gone) {
        throw new NotFoundException(gone, "There is no file %s", location);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean exists() {
      return file().exists();
    }

    private InputFile file() {
      return Files.localInput(path(location).toFile());
    }
  }

  /**
   * Reads a file a piece at a time: the system's copy of what is asked for at once, a row group of
   * megabytes, would not stay in the processor's caches.
   */
  private static final class ReadStream extends SeekableInputStream {
    private static final int PIECE = 1 << 17;

    private final FileChannel channel;

    private ReadStream(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public long getPos() throws IOException {
      return channel.position();
    }

    @Override
    public void seek(long position) throws IOException {
      channel.position(position);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, PIECE)));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Keeps the location as {@link Input} does. */
  private record Output(String location) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      return open(StandardOpenOption.CREATE_NEW);
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return open(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public InputFile toInputFile() {
      return new Input(location);
    }

    private PositionOutputStream open(StandardOpenOption... how) {
      Path path = path(location);
      Set<OpenOption> options = new HashSet<>(List.of(how));
      options.add(StandardOpenOption.WRITE);
      try {
        java.nio.file.Files.createDirectories(path.resolveSibling(""));
        return new SyncedStream(FileChannel.open(path, options));
      } catch (FileAlreadyExistsException there) {
        throw new AlreadyExistsException(there, "File already exists: %s", location);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Writes a file, and is closed once that is on the disk. */
  private static final class SyncedStream extends PositionOutputStream {
    private static final int BUFFER = 1 << 16;

    private final FileChannel channel;
    private final BufferedOutputStream out;
    private long position;

    private SyncedStream(FileChannel channel) {
      this.channel = channel;
      this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (channel.isOpen()) {
        try (channel) {
          out.flush();
          channel.force(true);
        }
      }
    }
  }
}
