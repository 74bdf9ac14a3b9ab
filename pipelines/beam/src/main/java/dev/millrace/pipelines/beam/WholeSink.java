package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.problem.MillraceException;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * A sink that holds the rows of one run, and that run's account. Its text says where the rows are
 * and how they lie there.
 */
interface WholeSink {
  /** What the last run left, or where the sink tells plans apart, the last of that plan. */
  Optional<Kept> kept(PlanIdentity identity);

  /**
   * Steps that put rows in place of those, all at once and once every verdict is good; a step that
   * is tried again finds itself done. Gives out what the sink then holds, as text.
   */
  PCollection<String> replace(PCollection<UnsafeRow> rows, RunAccount account);

  /**
   * The sink of a write.
   *
   * @throws MillraceException where it is none of these
   */
  static WholeSink of(Write write, PipelineOptions options) {
    if (write.sink() instanceof Sink.Parquet parquet) {
      return new ParquetSink(parquet, write.input().schema());
    }
    if (write.sink() instanceof Sink.Kafka kafka) {
      return KafkaSink.of(kafka, write.input().schema(), options);
    }
    if (write.sink() instanceof Sink.Iceberg iceberg) {
      IcebergName.requireLibrary("write " + iceberg);
      return IcebergSink.of(iceberg, write.input().schema(), options);
    }
    throw new IllegalArgumentException(write.sink() + " holds more than one run");
  }

  /** What the text says. */
  record Held(long rows, String version) {
    static Held of(Kept kept) {
      return new Held(kept.rows(), kept.version());
    }

    String text() {
      return rows + " " + version;
    }

    static Held parse(String text) {
      String[] parts = text.split(" ", 2);
      return new Held(Long.parseLong(parts[0]), parts[1]);
    }
  }
}
