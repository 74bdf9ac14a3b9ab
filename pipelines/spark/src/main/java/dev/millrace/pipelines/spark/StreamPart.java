package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.Place;
import dev.millrace.pipelines.runs.StreamRow;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one part of a batch. They are held and sent as one: Spark estimates the size of each
 * thing that it holds, which takes longer than to judge a row, and Java writes the fields of each
 * object that it sends.
 */
final class StreamPart implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Not transient, though written below: who goes by fields is to fail and not to leave it out. */
  private ArrayList<StreamRow> rows = new ArrayList<>();

  void add(StreamRow row) {
    rows.add(row);
  }

  List<StreamRow> rows() {
    return rows;
  }

  /** As the log keeps the accepted. */
  Stream<InternalRow> kept() {
    return rows.stream().filter(StreamRow::isAccepted).map(row -> Objects.requireNonNull(row.kept));
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.writeInt(rows.size());
    for (StreamRow row : rows) {
      write(row.judged, out);
      write(row.kept, out);
      byte[] breaches = row.breaches.toByteArray();
      out.writeInt(breaches.length);
      out.write(breaches);
      out.writeInt(row.reasons.size());
      for (String reason : row.reasons) {
        out.writeObject(reason);
      }
      out.writeInt(row.place.partition());
      out.writeLong(row.place.offset());
      out.writeObject(row.place.id());
      out.writeLong(row.time);
    }
  }

  private static void write(@Nullable UnsafeRow row, ObjectOutputStream out) throws IOException {
    if (row == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = row.getBytes();
    out.writeInt(bytes.length);
    out.writeInt(row.numFields());
    out.write(bytes);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    int size = in.readInt();
    rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      UnsafeRow judged = Objects.requireNonNull(readRow(in));
      UnsafeRow kept = readRow(in);
      byte[] breaches = new byte[in.readInt()];
      in.readFully(breaches);
      List<String> reasons = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        reasons.add((String) in.readObject());
      }
      Place place = new Place(in.readInt(), in.readLong(), (String) in.readObject());
      rows.add(
          new StreamRow(judged, kept, BitSet.valueOf(breaches), reasons, place, in.readLong()));
    }
  }

  private static @Nullable UnsafeRow readRow(ObjectInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    UnsafeRow row = new UnsafeRow(in.readInt());
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    row.pointTo(bytes, length);
    return row;
  }
}
