package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.lessThan;
import static org.apache.iceberg.types.Types.NestedField.required;

import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** The table {@code models.artifacts}: bytes in parts, each with its SHA-256. */
final class ArtifactStore implements AutoCloseable {
  static final int PART = 1 << 20;

  /** More than this is written by the caller's own thread into a file of its own. */
  static final long LARGE = 1L << 20;

  static final Schema SCHEMA =
      new Schema(
          Rows.text(1, "content_id"),
          required(2, "part", Types.IntegerType.get()),
          Rows.text(3, "sha256"),
          required(4, "bytes", Types.BinaryType.get()));

  /** Weights do not compress, and a part is a page. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "write.parquet.compression-codec", "uncompressed",
          "write.parquet.row-group-size-bytes", Long.toString(4L << 20),
          "write.parquet.page-size-bytes", Integer.toString(PART),
          "write.parquet.dict-size-bytes", "1024",
          "write.parquet.row-group-check-min-record-count", "1",
          "write.parquet.row-group-check-max-record-count", "8");

  private final IcebergTable table;
  private final Upkeep upkeep;
  private final Committer<TableState> committer;
  private final Clock clock;

  ArtifactStore(Catalog catalog, Clock clock) {
    this.table =
        IcebergTable.ensure(catalog, "artifacts", SCHEMA, List.of("content_id"), PROPERTIES);
    this.upkeep = new Upkeep(table, null);
    this.committer = new Committer<>(table, TableState.NONE, upkeep);
    this.clock = clock;
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /** Keeps contents that are small enough to be in memory together. */
  List<Stored> put(List<Content> contents) {
    List<Stored> stored = new ArrayList<>();
    List<Record> rows = new ArrayList<>();
    for (Content content : contents) {
      Stored as = name(content);
      stored.add(as);
      parts(content, as).forEachRemaining(rows::add);
    }
    return committer.commit(state -> new Change.Decision<>(stored, rows, List.of()));
  }

  /** Keeps contents of any size; each is read once, a few megabytes at a time. */
  List<Stored> stream(List<Content> contents) {
    List<Stored> stored = new ArrayList<>();
    List<DataFile> files = new ArrayList<>();
    Table open = table.load();
    for (Content content : contents) {
      Stored as = name(content);
      stored.add(as);
      if (!content.isEmpty()) {
        files.add(write(open, content, as));
      }
    }
    return committer.commit(state -> new Change.Decision<>(stored, List.of(), files));
  }

  private static DataFile write(Table open, Content content, Stored as) {
    try {
      return IcebergTable.write(open, parts(content, as));
    } catch (UncheckedIOException failure) {
      throw new RegistryException(
          new Problem(
              "Cannot keep " + content.digest().size() + " bytes in " + open.name(),
              String.valueOf(failure.getCause()),
              "Mend the cause, such as a full disk, and register the same again."),
          failure);
    }
  }

  /** Names are in the order of time, so that files hold neighbours and a read opens few. */
  private Stored name(Content content) {
    if (content.isEmpty()) {
      return new Stored("", content.digest());
    }
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    return new Stored(
        String.format("%014x-%016x", micros, ThreadLocalRandom.current().nextLong()),
        content.digest());
  }

  private static Iterator<Record> parts(Content content, Stored as) {
    try {
      return content.isEmpty() ? List.<Record>of().iterator() : new Parts(content, as);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parts of a content that is read as they are asked for, and must be what it was. */
  private static final class Parts implements Iterator<Record> {
    private final InputStream in;
    private final Stored as;
    private final MessageDigest whole = Content.sha256();
    private long left;
    private int part;

    private Parts(Content content, Stored as) throws IOException {
      this.in = content.open();
      this.as = as;
      this.left = as.digest().size();
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Record next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        byte[] bytes = in.readNBytes((int) Math.min(PART, left));
        whole.update(bytes);
        left -= bytes.length;
        if (left == 0 || bytes.length == 0) {
          boolean longer = in.read() >= 0;
          in.close();
          String sha256 = HexFormat.of().formatHex(whole.digest());
          if (longer || left > 0 || !sha256.equals(as.digest().sha256())) {
            throw new RegistryException(
                new Problem(
                    "Cannot keep a content",
                    "it is no longer " + as.digest() + ", which it was when it was offered",
                    "Do not write to a file while it is registered."));
          }
        }
        Record row = GenericRecord.create(SCHEMA);
        row.setField("content_id", as.id());
        row.setField("part", part++);
        row.setField("sha256", HexFormat.of().formatHex(Content.sha256().digest(bytes)));
        row.setField("bytes", ByteBuffer.wrap(bytes));
        return row;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Where the bytes of a content go, part after part. */
  interface Sink {
    void take(ByteBuffer part) throws IOException;
  }

  /**
   * Gives the bytes to {@code sink}, and fails at the end if they are not what they must be.
   *
   * @param what what it is, for messages
   */
  void read(Stored stored, String what, Sink sink) {
    if (stored.digest().size() == 0) {
      return;
    }
    try {
      table.read(
          open -> {
            read(open, stored, what, sink);
            return true;
          });
    } catch (RegistryException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new RegistryException(
          new Problem(
              "Cannot read the " + what,
              "its file in the registry is unreadable (" + e.getMessage() + ")",
              "Restore the file from a copy of the warehouse, or register the model again."),
          e);
    }
  }

  private static void read(Table open, Stored stored, String what, Sink sink) {
    OverlappedDigest whole = new OverlappedDigest();
    eachPart(
        open,
        stored,
        row -> {
          ByteBuffer bytes = (ByteBuffer) row.getField("bytes");
          whole.add(bytes.duplicate());
          sink.take(bytes);
        });
    Digest found = whole.digest();
    if (!found.equals(stored.digest())) {
      throw new RegistryException(
          new Problem(
              "The " + what + " is corrupt",
              "registered was " + stored.digest() + ", found " + found + where(open, stored),
              "Do not serve it: restore the file from a copy of the warehouse, or register the model again."));
    }
  }

  /** Which part is not what it was, for the message. */
  private static String where(Table open, Stored stored) {
    List<Integer> wrong = new ArrayList<>();
    int[] parts = {0};
    eachPart(
        open,
        stored,
        row -> {
          MessageDigest part = Content.sha256();
          part.update(((ByteBuffer) row.getField("bytes")).duplicate());
          if (!HexFormat.of().formatHex(part.digest()).equals(Rows.text(row, "sha256"))) {
            wrong.add(Rows.integer(row, "part"));
          }
          parts[0]++;
        });
    long expected = (stored.digest().size() + PART - 1) / PART;
    if (parts[0] != expected) {
      return ", " + parts[0] + " of " + expected + " parts";
    }
    return wrong.isEmpty() ? "" : ", not the same in part " + wrong.get(0) + " of " + parts[0];
  }

  /** What all contents are, by their ids: every byte of the table is read, once. */
  Map<String, Digest> digests() {
    return table.read(
        open -> {
          Map<String, Digest> digests = new HashMap<>();
          for (DataFile file : IcebergTable.files(open, alwaysTrue())) {
            digests.putAll(digests(open, file));
          }
          return digests;
        });
  }

  /** The parts of a content follow each other in one file. */
  private static Map<String, Digest> digests(Table open, DataFile file) {
    Map<String, Digest> digests = new HashMap<>();
    try (CloseableIterable<Record> rows =
        IcebergTable.rows(open, file, alwaysTrue(), Rows.columns(SCHEMA), PartReaders::of)) {
      String id = "";
      OverlappedDigest content = new OverlappedDigest();
      for (Record row : rows) {
        if (!Rows.text(row, "content_id").equals(id)) {
          digests.put(id, content.digest());
          id = Rows.text(row, "content_id");
          content = new OverlappedDigest();
        }
        content.add(((ByteBuffer) row.getField("bytes")).duplicate());
      }
      digests.put(id, content.digest());
    } catch (IOException | RuntimeException unreadable) {
      // What is in it is missing, and is read one by one for the reason.
      return Map.of();
    }
    return digests;
  }

  private interface RowSink {
    void take(Record row) throws IOException;
  }

  /** The parts of a content in order, each once. */
  private static void eachPart(Table open, Stored stored, RowSink sink) {
    int next = 0;
    for (DataFile file : IcebergTable.files(open, equal("content_id", stored.id()))) {
      try (CloseableIterable<Record> rows =
          IcebergTable.rows(
              open,
              file,
              equal("content_id", stored.id()),
              Rows.columns(SCHEMA),
              PartReaders::of)) {
        for (Record row : rows) {
          if (Rows.text(row, "content_id").equals(stored.id())
              && Rows.integer(row, "part") == next) {
            next++;
            sink.take(row);
          }
        }
      } catch (NotFoundException compacted) {
        throw next == 0 ? compacted : new UncheckedIOException(new IOException(compacted));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Takes away the contents that were kept before a time and are not among {@code referenced}.
   *
   * @return how many
   */
  int retain(Set<String> referenced, Instant before) {
    String oldest = String.format("%014x", ChronoUnit.MICROS.between(Instant.EPOCH, before));
    Set<String> unreferenced = new HashSet<>();
    for (Record row : table.rows(lessThan("content_id", oldest), List.of("content_id"))) {
      String id = Rows.text(row, "content_id");
      if (!referenced.contains(id)) {
        unreferenced.add(id);
      }
    }
    if (!unreferenced.isEmpty()) {
      Table open = table.load();
      for (DataFile file : IcebergTable.files(open, lessThan("content_id", oldest))) {
        drop(open, file, unreferenced);
      }
    }
    return unreferenced.size();
  }

  private static Stream<Record> stream(CloseableIterable<Record> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static void drop(Table open, DataFile file, Set<String> unreferenced) {
    try (CloseableIterable<Record> ids =
            IcebergTable.rows(open, file, alwaysTrue(), List.of("content_id"));
        CloseableIterable<Record> rows =
            IcebergTable.rows(open, file, alwaysTrue(), Rows.columns(SCHEMA))) {
      if (stream(ids).noneMatch(row -> unreferenced.contains(Rows.text(row, "content_id")))) {
        return;
      }
      Iterator<Record> kept =
          stream(rows)
              .filter(row -> !unreferenced.contains(Rows.text(row, "content_id")))
              .iterator();
      OverwriteFiles overwrite = open.newOverwrite().deleteFile(file);
      if (kept.hasNext()) {
        overwrite.addFile(IcebergTable.write(open, kept));
      }
      overwrite.commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    committer.close();
  }
}
