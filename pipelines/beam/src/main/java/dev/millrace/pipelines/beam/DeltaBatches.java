package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.pipelines.runs.StreamJudge;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A Delta table to which a stream adds, one numbered transaction for each batch. */
final class DeltaBatches implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int TRIES = 10;

  private final String path;
  private final Schema schema;
  private final ArrayList<String> partitionBy;

  private DeltaBatches(String path, Schema schema, List<String> partitionBy) {
    this.path = path;
    this.schema = schema;
    this.partitionBy = new ArrayList<>(partitionBy);
  }

  /**
   * Of a table, which is made where there is none.
   *
   * @param partitionBy columns of few values; where there are none, a table that is there keeps its
   *     own
   * @throws MillraceException where the table has other columns or partitions
   */
  static DeltaBatches to(String path, Schema schema, List<String> partitionBy) {
    Engine engine = DeltaSnapshot.library();
    Optional<DeltaSnapshot> there = DeltaSnapshot.newest(engine, path);
    if (there.isPresent()) {
      DeltaCommit.requireSameColumns(path, there.get(), schema);
      if (!partitionBy.isEmpty()) {
        DeltaCommit.requireSamePartitions(path, there.get(), partitionBy);
      }
      return new DeltaBatches(path, schema, there.get().snapshot().getPartitionColumnNames(engine));
    }
    Transaction creation =
        Table.forPath(engine, path)
            .createTransactionBuilder(engine, DeltaCommit.WRITER, Operation.CREATE_TABLE)
            .withSchema(engine, KernelTypes.of(schema))
            .withPartitionColumns(engine, partitionBy)
            .build(engine);
    TransactionCommitResult unused = creation.commit(engine, CloseableIterable.emptyIterable());
    return new DeltaBatches(path, schema, partitionBy);
  }

  String root() {
    return DeltaCommit.root(path);
  }

  Schema schema() {
    return schema;
  }

  List<String> partitionBy() {
    return partitionBy;
  }

  TableHistory history() {
    return DeltaLogFiles.history(path);
  }

  /** What names the table for as long as it is not made anew. */
  String id() {
    return snapshot(DeltaSnapshot.library()).snapshot().getMetadata().getId();
  }

  /** The last batch that is in the table; 0 where none is. */
  long position() {
    return position(snapshot(DeltaSnapshot.library()));
  }

  /** The table's newest version. */
  long version() {
    return snapshot(DeltaSnapshot.library()).version();
  }

  /** What a batch's own commit says, with what names its messages; empty where it is not there. */
  Optional<Account.Stream> batch(long position) {
    return DeltaLogFiles.of(root())
        .streams(version())
        .filter(stream -> stream.position() == position)
        .findFirst();
  }

  /**
   * What names the messages of the newest batches up to a version.
   *
   * @param most how many batches
   */
  Set<String> ids(long version, int most) {
    Set<String> ids = new HashSet<>();
    DeltaLogFiles.of(root())
        .streams(version)
        .limit(most)
        .forEach(stream -> ids.addAll(stream.ids() == null ? List.of() : stream.ids()));
    return ids;
  }

  private boolean isFileThere(String add) {
    Path file = new Path(root(), new Path(URI.create(DeltaRows.Added.parse(add).name())));
    try {
      return FileSystem.get(file.toUri(), LocalFiles.conf()).exists(file);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private DeltaSnapshot snapshot(Engine engine) {
    return DeltaSnapshot.newest(engine, path)
        .orElseThrow(
            () ->
                MillraceException.because(
                    "Cannot go on with " + path, "the table is gone", "Start the stream again"));
  }

  private static long position(DeltaSnapshot table) {
    return table
        .snapshot()
        .getLatestTransactionVersion(table.engine(), TableHistory.STREAM)
        .orElse(0L);
  }

  /**
   * Adds what a log says that its batch sets aside, where it is not there yet. Files that are gone
   * are of a table that was made anew since, or were cleaned away.
   *
   * @param logged what the log's commit of the batch says
   */
  void appendAside(Account.Stream logged) {
    if (logged.aside() != null) {
      boolean unused =
          append(
              logged.aside().stream().filter(this::isFileThere).toList(),
              OptionalLong.empty(),
              logged.position(),
              StreamJudge.bare(logged).toJson());
    }
  }

  /**
   * Appends a batch's files in one commit, or nothing where the batch, or a later one, is there.
   *
   * @param adds as {@link DeltaRows} gives them out
   * @param after the batch that must be the last one; empty where any may be
   * @return whether it was appended now
   * @throws MillraceException where the last batch is another
   */
  boolean append(List<String> adds, OptionalLong after, long batch, String account) {
    for (int attempt = 0; ; attempt++) {
      Engine engine = DeltaSnapshot.library();
      DeltaSnapshot before = snapshot(engine);
      long last = position(before);
      if (last >= batch) {
        return false;
      }
      if (after.isPresent() && after.getAsLong() != last) {
        throw Account.Stream.unlike(path, batch, after.getAsLong(), last);
      }
      List<Row> actions = new ArrayList<>();
      for (String add : adds) {
        actions.add(
            SingleAction.createAddFileSingleAction(
                JsonUtils.rowFromJson(add, AddFile.FULL_SCHEMA)));
      }
      Engine bound = new OneCommit(engine, before.version() + 1, account);
      try {
        Table table = Table.forPath(bound, path);
        TransactionCommitResult result =
            table
                .createTransactionBuilder(bound, DeltaCommit.WRITER, Operation.STREAMING_UPDATE)
                .withTransactionId(bound, TableHistory.STREAM, batch)
                .build(bound)
                .commit(
                    bound,
                    CloseableIterable.inMemoryIterable(
                        Utils.toCloseableIterator(actions.iterator())));
        DeltaCommit.checkpoint(engine, table, result);
        return true;
      } catch (OneCommit.Taken | ConcurrentWriteException taken) {
        if (attempt == TRIES) {
          throw taken;
        }
      }
    }
  }
}
