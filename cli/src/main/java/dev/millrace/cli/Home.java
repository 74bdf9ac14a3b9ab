package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.Project;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A folder that everything of a local run lies in, held by one process at a time while it writes.
 */
final class Home implements AutoCloseable {
  private final Path folder;
  private final @Nullable FileChannel lock;

  private Home(Path folder, @Nullable FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** The folder, made if need be, and ours until {@link #close}. */
  static Home claim(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(whole.resolve("logs"));
      FileChannel channel =
          FileChannel.open(
              whole.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw MillraceException.because(
            "The folder " + whole + " is in use",
            "another run of millrace writes there",
            "Wait for it to end, or choose another folder with --dir");
      }
      return open(whole, channel);
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot write to the folder " + whole,
          reason(failure),
          "Choose a folder that you may write to with --dir");
    }
  }

  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission is denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "a file is in its place";
    }
    return failure instanceof FileSystemException known && known.getReason() != null
        ? known.getReason()
        : String.valueOf(failure.getMessage());
  }

  /** A folder that an earlier run filled, to be read. */
  static Home existing(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(whole.resolve("registry"))
        && !Files.isDirectory(whole.resolve("sources"))) {
      throw MillraceException.because(
          "There is no run of millrace in " + whole,
          "it has neither a registry nor sources",
          "Run 'millrace quickstart --dir " + whole + "' first, or name another folder with --dir");
    }
    return open(whole, null);
  }

  /** The same folder, ours until {@link #close}. */
  Home claimed() {
    return claim(folder);
  }

  private static Home open(Path whole, @Nullable FileChannel channel) {
    System.setProperty("millrace.log", whole.resolve("logs/millrace.log").toString());
    return new Home(whole, channel);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException oursAlready) {
      return false;
    }
  }

  Path folder() {
    return folder;
  }

  Workspace workspace() {
    return new Workspace(folder.toString());
  }

  Registry registry() {
    return Registry.open(registryConfig());
  }

  private RegistryConfig registryConfig() {
    return RegistryConfig.embedded(folder.resolve("registry"));
  }

  /** Spark in this process, which sees the registry as an Iceberg catalog. */
  SparkEngine engine() {
    return engine(Map.of());
  }

  /** The same with more of Spark's settings. */
  SparkEngine engine(Map<String, String> more) {
    RegistryConfig registry = registryConfig();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.sql.warehouse.dir", folder.resolve("warehouse").toUri().toString());
    String catalog = "spark.sql.catalog." + registry.catalog();
    settings.put(catalog, "org.apache.iceberg.spark.SparkCatalog");
    registry.catalogProperties().forEach((key, value) -> settings.put(catalog + "." + key, value));
    settings.putAll(more);
    return SparkEngine.local(settings);
  }

  /** The one project on the class path. */
  static Project project() {
    return ServiceLoader.load(Project.class)
        .findFirst()
        .orElseThrow(
            () ->
                MillraceException.because(
                    "No project is on the class path",
                    "none names itself in META-INF/services/" + Project.class.getName(),
                    "Point MILLRACE_PROJECT to a built project"));
  }

  /** The project's folder, as the launcher gives it. */
  static Path projectFolder() {
    return Path.of(System.getProperty("millrace.project", "examples/flight-delays"));
  }

  static Pipeline pipeline(@Nullable Path data) {
    Path folder = data == null ? projectFolder().resolve("data") : data;
    return project().pipeline(folder.toAbsolutePath().normalize().toString());
  }

  @Override
  public void close() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }
}
