package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.Place;
import dev.millrace.pipelines.runs.StreamRow;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.CanonicalRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.streaming.state.StateStore;
import org.apache.spark.sql.execution.streaming.state.StateStoreCoordinatorRef;
import org.apache.spark.sql.execution.streaming.state.StateStoreRDD;
import org.apache.spark.sql.execution.streaming.state.UnsafeRowPair;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import scala.Option;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * Sets repetitions of earlier rows of a stream aside. What was seen is kept in Spark's state store,
 * a version for each batch, so that a batch that is tried again sees what it saw.
 */
final class SeenBefore {
  private static final StructType KEY =
      new StructType().add("slice", DataTypes.IntegerType).add("key", DataTypes.BinaryType);
  private static final StructType TIME = new StructType().add("time", DataTypes.LongType);

  /**
   * As they came; rows of files have no place of their own, and no other order than their bytes.
   */
  private static final Comparator<StreamRow> ORDER =
      Comparator.<StreamRow, Place>comparing(row -> row.place)
          .thenComparing(row -> row.judged.getBytes(), Arrays::compare);

  /**
   * The state is looked through for keys that can come no more by a slice a batch: all of it at
   * once takes seconds, for which the batch would wait.
   */
  private static final int SLICE_BITS = 10;

  private final SparkSession session;
  private final StreamSpec spec;
  private final String folder;
  private final UUID run = UUID.randomUUID();
  private final int partitions;

  /**
   * @param folder where the state is kept
   * @param partitions into how many it is divided, ever
   */
  SeenBefore(SparkSession session, StreamSpec spec, String folder, int partitions) {
    this.session = session;
    this.spec = spec;
    this.folder = folder;
    this.partitions = partitions;
  }

  /** Whether nothing may be repeated at all. */
  boolean isAsked() {
    return spec.expectations.stream().anyMatch(each -> each.rule() instanceof Rule.Unique);
  }

  /**
   * The rows, repetitions set aside. Of those that agree, the first that came stays.
   *
   * @param batch Spark's number of the batch, which is the version of the state before it
   * @param oldest keys of times before it may be forgotten; none where it is the least
   * @param held counts the keys that are kept
   */
  JavaRDD<StreamPart> mark(
      JavaRDD<StreamPart> rows, long batch, long oldest, LongAccumulator held) {
    JavaRDD<StreamPart> marked = rows;
    for (int i = 0; i < spec.expectations.size(); i++) {
      if (spec.expectations.get(i).rule() instanceof Rule.Unique rule) {
        marked = mark(marked, i, rule, batch, oldest, held);
      }
    }
    return marked;
  }

  private JavaRDD<StreamPart> mark(
      JavaRDD<StreamPart> rows,
      int index,
      Rule.Unique rule,
      long batch,
      long oldest,
      LongAccumulator held) {
    CanonicalRow key = CanonicalRow.of(spec.judged, rule.columns());
    int all = partitions;
    JavaRDD<StreamPart> together =
        Steps.apart(Steps.then(rows, parts -> byKey(parts, key, all)), all);
    Option<StateStoreCoordinatorRef> coordinator =
        Option.apply(session.sessionState().streamingQueryManager().stateStoreCoordinator());
    StateStoreRDD<StreamPart, StreamPart> marked =
        new StateStoreRDD<>(
            together.rdd(),
            new Look(index, key, rule.breach(), batch, oldest, held),
            folder,
            run,
            index,
            batch,
            KEY,
            TIME,
            1,
            session.sessionState(),
            coordinator,
            scala.collection.immutable.Map$.MODULE$.<String, String>empty(),
            together.classTag(),
            ClassTag$.MODULE$.apply(StreamPart.class));
    return JavaRDD.fromRDD(marked, ClassTag$.MODULE$.apply(StreamPart.class));
  }

  /** The rows that go to each of some partitions. */
  private static Iterator<Tuple2<Integer, StreamPart>> byKey(
      Iterator<StreamPart> parts, CanonicalRow key, int partitions) {
    Map<Integer, StreamPart> apart = new TreeMap<>();
    parts.forEachRemaining(
        part ->
            part.rows()
                .forEach(
                    row -> {
                      String bytes = new String(key.bytes(row.judged), StandardCharsets.ISO_8859_1);
                      apart
                          .computeIfAbsent(
                              Math.floorMod(bytes.hashCode(), partitions), none -> new StreamPart())
                          .add(row);
                    }));
    return apart.entrySet().stream()
        .map(each -> new Tuple2<>(each.getKey(), each.getValue()))
        .iterator();
  }

  /** What is done with the rows of a part and its state. */
  private static final class Look
      extends AbstractFunction2<
          StateStore, scala.collection.Iterator<StreamPart>, scala.collection.Iterator<StreamPart>>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final CanonicalRow key;
    private final String breach;
    private final long batch;
    private final long oldest;
    private final LongAccumulator held;

    Look(
        int index, CanonicalRow key, String breach, long batch, long oldest, LongAccumulator held) {
      this.index = index;
      this.key = key;
      this.breach = breach;
      this.batch = batch;
      this.oldest = oldest;
      this.held = held;
    }

    @Override
    public scala.collection.Iterator<StreamPart> apply(
        StateStore store, scala.collection.Iterator<StreamPart> parts) {
      UnsafeProjection ofKey =
          UnsafeProjection.create(new DataType[] {DataTypes.IntegerType, DataTypes.BinaryType});
      UnsafeProjection ofTime = UnsafeProjection.create(new DataType[] {DataTypes.LongType});
      List<StreamRow> inOrder = new ArrayList<>();
      JavaConverters.asJavaIterator(parts).forEachRemaining(part -> inOrder.addAll(part.rows()));
      inOrder.sort(ORDER);
      StreamPart marked = new StreamPart();
      for (StreamRow row : inOrder) {
        if (!row.isAccepted()) {
          marked.add(row);
          continue;
        }
        byte[] bytes = key.bytes(row.judged);
        UnsafeRow known = ofKey.apply(new GenericInternalRow(new Object[] {slice(bytes), bytes}));
        if (store.get(known) == null) {
          store.put(known, ofTime.apply(new GenericInternalRow(new Object[] {row.time})));
          marked.add(row);
        } else {
          marked.add(row.aside(index, breach));
        }
      }
      forget(store);
      store.commit();
      held.add(store.metrics().numKeys());
      return JavaConverters.asScalaIterator(List.of(marked).iterator());
    }

    private static int slice(byte[] key) {
      return (Arrays.hashCode(key) * 0x9E3779B1) >>> (Integer.SIZE - SLICE_BITS);
    }

    private void forget(StateStore store) {
      if (oldest == Long.MIN_VALUE) {
        return;
      }
      UnsafeProjection ofSlice = UnsafeProjection.create(new DataType[] {DataTypes.IntegerType});
      Object[] slice = {(int) (batch & ((1 << SLICE_BITS) - 1))};
      List<UnsafeRow> gone = new ArrayList<>();
      scala.collection.Iterator<UnsafeRowPair> all =
          store.prefixScan(ofSlice.apply(new GenericInternalRow(slice)));
      while (all.hasNext()) {
        UnsafeRowPair pair = all.next();
        if (pair.value().getLong(0) < oldest) {
          gone.add(pair.key().copy());
        }
      }
      gone.forEach(store::remove);
    }
  }
}
