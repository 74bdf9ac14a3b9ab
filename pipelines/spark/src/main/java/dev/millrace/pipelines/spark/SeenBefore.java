package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.Place;
import dev.millrace.pipelines.runs.StreamRow;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.CanonicalRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.spark.HashPartitioner;
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
  private static final StructType KEY = new StructType().add("key", DataTypes.BinaryType);
  private static final StructType TIME = new StructType().add("time", DataTypes.LongType);

  /** How many batches pass until keys that can come no more are forgotten. */
  private static final long BATCHES_A_CLEANING = 100;

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
  JavaRDD<StreamRow> mark(JavaRDD<StreamRow> rows, long batch, long oldest, LongAccumulator held) {
    JavaRDD<StreamRow> marked = rows;
    for (int i = 0; i < spec.expectations.size(); i++) {
      if (spec.expectations.get(i).rule() instanceof Rule.Unique rule) {
        marked = mark(marked, i, rule, batch, oldest, held);
      }
    }
    return marked;
  }

  private JavaRDD<StreamRow> mark(
      JavaRDD<StreamRow> rows,
      int index,
      Rule.Unique rule,
      long batch,
      long oldest,
      LongAccumulator held) {
    CanonicalRow key = CanonicalRow.of(spec.judged, rule.columns());
    JavaRDD<Tuple2<String, StreamRow>> together =
        rows.mapToPair(
                row ->
                    new Tuple2<>(
                        new String(key.bytes(row.judged), StandardCharsets.ISO_8859_1), row))
            .partitionBy(new HashPartitioner(partitions))
            .map(each -> each);
    Option<StateStoreCoordinatorRef> coordinator =
        Option.apply(session.sessionState().streamingQueryManager().stateStoreCoordinator());
    boolean cleans = batch % BATCHES_A_CLEANING == BATCHES_A_CLEANING - 1;
    StateStoreRDD<Tuple2<String, StreamRow>, StreamRow> marked =
        new StateStoreRDD<>(
            together.rdd(),
            new Look(index, rule.breach(), cleans ? oldest : Long.MIN_VALUE, held),
            folder,
            run,
            index,
            batch,
            KEY,
            TIME,
            0,
            session.sessionState(),
            coordinator,
            scala.collection.immutable.Map$.MODULE$.<String, String>empty(),
            together.classTag(),
            ClassTag$.MODULE$.apply(StreamRow.class));
    return JavaRDD.fromRDD(marked, ClassTag$.MODULE$.apply(StreamRow.class));
  }

  /** What is done with the rows of a part and its state. */
  private static final class Look
      extends AbstractFunction2<
          StateStore,
          scala.collection.Iterator<Tuple2<String, StreamRow>>,
          scala.collection.Iterator<StreamRow>>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final String breach;
    private final long oldest;
    private final LongAccumulator held;

    Look(int index, String breach, long oldest, LongAccumulator held) {
      this.index = index;
      this.breach = breach;
      this.oldest = oldest;
      this.held = held;
    }

    @Override
    public scala.collection.Iterator<StreamRow> apply(
        StateStore store, scala.collection.Iterator<Tuple2<String, StreamRow>> rows) {
      UnsafeProjection ofKey = UnsafeProjection.create(new DataType[] {DataTypes.BinaryType});
      UnsafeProjection ofTime = UnsafeProjection.create(new DataType[] {DataTypes.LongType});
      List<Tuple2<String, StreamRow>> inOrder = new ArrayList<>();
      Iterator<Tuple2<String, StreamRow>> each = JavaConverters.asJavaIterator(rows);
      each.forEachRemaining(inOrder::add);
      inOrder.sort(Comparator.<Tuple2<String, StreamRow>, Place>comparing(row -> row._2().place));
      List<StreamRow> marked = new ArrayList<>();
      for (Tuple2<String, StreamRow> pair : inOrder) {
        StreamRow row = pair._2();
        if (!row.isAccepted()) {
          marked.add(row);
          continue;
        }
        byte[] bytes = pair._1().getBytes(StandardCharsets.ISO_8859_1);
        UnsafeRow key = ofKey.apply(new GenericInternalRow(new Object[] {bytes}));
        if (store.get(key) == null) {
          store.put(key, ofTime.apply(new GenericInternalRow(new Object[] {row.time})));
          marked.add(row);
        } else {
          marked.add(row.aside(index, breach));
        }
      }
      forget(store);
      store.commit();
      held.add(store.metrics().numKeys());
      return JavaConverters.asScalaIterator(marked.iterator());
    }

    private void forget(StateStore store) {
      if (oldest == Long.MIN_VALUE) {
        return;
      }
      List<UnsafeRow> gone = new ArrayList<>();
      scala.collection.Iterator<UnsafeRowPair> all = store.iterator();
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
