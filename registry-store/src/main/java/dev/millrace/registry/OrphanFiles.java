package dev.millrace.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/** The files in a table's folder that its metadata does not lead to. */
final class OrphanFiles {
  private final Table table;

  OrphanFiles(Table table) {
    this.table = table;
  }

  /** Deletes those that are older than a time; none where the storage cannot list files. */
  int delete(Instant before) {
    if (!(table.io() instanceof SupportsPrefixOperations files)) {
      return 0;
    }
    List<String> found = new ArrayList<>();
    for (FileInfo file : files.listPrefix(table.location())) {
      if (file.createdAtMillis() < before.toEpochMilli()) {
        found.add(file.location());
      }
    }
    if (found.isEmpty()) {
      return 0;
    }
    Set<String> reached = reached();
    List<String> orphans = found.stream().filter(file -> !reached.contains(plain(file))).toList();
    orphans.forEach(file -> table.io().deleteFile(file));
    return orphans.size();
  }

  private Set<String> reached() {
    TableMetadata metadata = ((HasTableOperations) table).operations().refresh();
    Set<String> reached = new HashSet<>();
    reached.add(plain(metadata.metadataFileLocation()));
    metadata.previousFiles().forEach(file -> reached.add(plain(file.file())));
    Set<String> manifests = new HashSet<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      reached.add(plain(snapshot.manifestListLocation()));
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (manifests.add(manifest.path())) {
          reached.add(plain(manifest.path()));
          try (CloseableIterable<String> paths = ManifestFiles.readPaths(manifest, table.io())) {
            paths.forEach(path -> reached.add(plain(path)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }
    return reached;
  }

  /** {@code file:/a} and {@code file:///a} are one place. */
  private static String plain(String location) {
    return location.replaceFirst("^([a-z0-9]+):/*", "$1:/");
  }
}
