package dev.millrace.pipelines.beam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.pipelines.runs.TableHistory.Commit;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.util.FileNames;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The commits of a table, read from the files of its log: Delta's library without Spark does not
 * give out the metadata that users put there.
 */
final class DeltaLogFiles implements TableHistory.Log {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEPT = 2_000;

  /** A commit never changes. */
  private final Map<Long, Commit> known =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Commit> eldest) {
          return size() > KEPT;
        }
      };

  private final Engine engine;
  private final String folder;

  /** The newest version that was found; before the first where none was. */
  private long last = -1;

  private DeltaLogFiles(Engine engine, String folder) {
    this.engine = engine;
    this.folder = folder;
  }

  /** Of the table at a path with its scheme, whether it is there or not. */
  static DeltaLogFiles of(String root) {
    return new DeltaLogFiles(DeltaSnapshot.library(), root + "/_delta_log");
  }

  /** The history of a table as it is now. */
  static TableHistory history(String path) {
    return TableHistory.of(of(DeltaCommit.root(path)));
  }

  /**
   * The last is looked for from where it was, since a stream asks after each batch and a log may
   * have very many.
   */
  @Override
  public synchronized List<Commit> newest(int most) {
    if (last < 0 || !isThere(last)) {
      known.clear();
      last = listed();
    }
    while (isThere(last + 1)) {
      last++;
    }
    List<Commit> commits = new ArrayList<>();
    for (long version = last;
        version >= 0 && commits.size() < most && (known.containsKey(version) || isThere(version));
        version--) {
      commits.add(commit(version));
    }
    return commits;
  }

  /** The newest version by the names of all files; before the first where there is none. */
  private long listed() {
    long newest = -1;
    try (CloseableIterator<FileStatus> files =
        engine.getFileSystemClient().listFrom(folder + "/" + String.format("%020d", 0))) {
      while (files.hasNext()) {
        String file = files.next().getPath();
        if (FileNames.isCommitFile(file)) {
          newest = Math.max(newest, FileNames.deltaVersion(file));
        }
      }
    } catch (java.io.FileNotFoundException none) {
      return -1;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return newest;
  }

  private Commit commit(long version) {
    Commit commit = known.get(version);
    if (commit == null) {
      commit = withoutBatch(read(version));
      known.put(version, commit);
    }
    return commit;
  }

  private static Commit withoutBatch(Commit commit) {
    Account account = commit.account();
    return account == null || account.stream() == null
        ? commit
        : new Commit(
            commit.version(),
            commit.rows(),
            commit.changesRows(),
            new Account(
                account.parts(),
                account.expectations(),
                account.read(),
                account.stream().withoutBatch()));
  }

  /**
   * What streams were like after their batches, with what names the messages of each; the last
   * first, up to a version, as far back as the log goes.
   */
  Stream<Account.Stream> streams(long newest) {
    return LongStream.iterate(newest, version -> version - 1)
        .takeWhile(version -> version >= 0 && isThere(version))
        .mapToObj(this::read)
        .flatMap(commit -> Stream.ofNullable(commit.account()))
        .flatMap(account -> Stream.ofNullable(account.stream()));
  }

  private boolean isThere(long version) {
    Path file = file(version);
    try {
      return FileSystem.get(file.toUri(), LocalFiles.conf()).exists(file);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private Path file(long version) {
    return new Path(folder, String.format("%020d.json", version));
  }

  private Commit read(long version) {
    Path file = file(version);
    long rows = 0;
    String operation = "";
    @Nullable Account account = null;
    Optional<Long> counted = Optional.empty();
    try (InputStream in = FileSystem.get(file.toUri(), LocalFiles.conf()).open(file);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        JsonNode action = JSON.readTree(line);
        JsonNode info = action.path("commitInfo");
        JsonNode stats = action.path("add").path("stats");
        if (info.isObject()) {
          operation = info.path("operation").asText();
          JsonNode metadata = info.path("userMetadata");
          account = metadata.isTextual() ? Account.parse(metadata.asText()) : null;
          JsonNode written = info.path("operationMetrics").path("numOutputRows");
          long copied = info.path("operationMetrics").path("numCopiedRows").asLong(0);
          counted =
              written.isMissingNode() ? Optional.empty() : Optional.of(written.asLong() - copied);
        } else if (stats.isTextual()) {
          rows += JSON.readTree(stats.asText()).path("numRecords").asLong();
        }
        line = lines.readLine();
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return new Commit(version, counted.orElse(rows), TableHistory.changesRows(operation), account);
  }
}
