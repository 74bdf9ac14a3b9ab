package dev.millrace.pipelines.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.JavaSerializer;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;

/**
 * What is done with the parts of a batch. Spark reads the bytecode of every lambda that it is
 * given, each time anew, to find what it holds; of these functions it does not, which is a tenth of
 * a second for a batch of a stream.
 */
final class Steps {
  private Steps() {}

  /** Makes something of each part. */
  interface Each<FromT, ToT> extends Serializable {
    Iterator<ToT> of(Iterator<FromT> part);
  }

  /** The parts of what is made. */
  static <FromT, ToT> JavaRDD<ToT> then(JavaRDD<FromT> parts, Each<FromT, ToT> each) {
    ClassTag<ToT> tag = tag();
    RDD<ToT> made = parts.rdd().mapPartitions(new OfPart<>(each), false, tag);
    return JavaRDD.fromRDD(made, tag);
  }

  /** Brings what is for each part together there, as Java writes it, whatever Spark is set to. */
  static <T> JavaRDD<T> apart(JavaRDD<Tuple2<Integer, T>> given, int parts) {
    ShuffledRDD<Integer, T, T> apart =
        new ShuffledRDD<Integer, T, T>(given.rdd(), new HashPartitioner(parts), tag(), tag(), tag())
            .setSerializer(new JavaSerializer(given.rdd().conf()));
    return then(JavaRDD.fromRDD(apart, tag()), new Second<>());
  }

  /** Makes something of all parts, now. */
  static <FromT, ToT> List<ToT> run(JavaRDD<FromT> parts, Each<FromT, ToT> each) {
    return run(parts, 0, parts.getNumPartitions(), each);
  }

  /** Makes something of some of the parts, now. */
  static <FromT, ToT> List<ToT> run(JavaRDD<FromT> parts, int from, int to, Each<FromT, ToT> each) {
    List<Object> some = IntStream.range(from, to).<Object>mapToObj(i -> i).toList();
    Object[] made =
        (Object[])
            parts
                .rdd()
                .sparkContext()
                .runJob(
                    parts.rdd(),
                    new OfTask<>(each),
                    JavaConverters.asScalaBuffer(some).toSeq(),
                    Steps.<List<ToT>>tag());
    List<ToT> all = new ArrayList<>();
    for (Object of : made) {
      @SuppressWarnings("unchecked")
      List<ToT> ofPart = (List<ToT>) of;
      all.addAll(ofPart);
    }
    return all;
  }

  /** What each of some has, one after the other. */
  static <FromT, ToT> Iterator<ToT> each(Iterator<FromT> some, Function<FromT, Stream<ToT>> of) {
    Iterable<FromT> all = () -> some;
    return StreamSupport.stream(all.spliterator(), false).flatMap(of).iterator();
  }

  @SuppressWarnings("unchecked")
  private static <T> ClassTag<T> tag() {
    return (ClassTag<T>) ClassTag$.MODULE$.apply(Object.class);
  }

  private static final class OfPart<FromT, ToT>
      extends AbstractFunction1<scala.collection.Iterator<FromT>, scala.collection.Iterator<ToT>>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Each<FromT, ToT> each;

    OfPart(Each<FromT, ToT> each) {
      this.each = each;
    }

    @Override
    public scala.collection.Iterator<ToT> apply(scala.collection.Iterator<FromT> part) {
      return JavaConverters.asScalaIterator(each.of(JavaConverters.asJavaIterator(part)));
    }
  }

  private static final class OfTask<FromT, ToT>
      extends AbstractFunction2<TaskContext, scala.collection.Iterator<FromT>, List<ToT>>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Each<FromT, ToT> each;

    OfTask(Each<FromT, ToT> each) {
      this.each = each;
    }

    @Override
    public List<ToT> apply(TaskContext task, scala.collection.Iterator<FromT> part) {
      List<ToT> made = new ArrayList<>();
      each.of(JavaConverters.asJavaIterator(part)).forEachRemaining(made::add);
      return made;
    }
  }

  private static final class Second<T> implements Each<Tuple2<Integer, T>, T> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<T> of(Iterator<Tuple2<Integer, T>> part) {
      return each(part, two -> Stream.of(two._2()));
    }
  }
}
