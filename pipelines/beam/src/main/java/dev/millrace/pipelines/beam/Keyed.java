package dev.millrace.pipelines.beam;

import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** Rows beside their values of some columns, which are a row too; nulls agree with nulls. */
final class Keyed
    extends PTransform<PCollection<UnsafeRow>, PCollection<KV<UnsafeRow, UnsafeRow>>> {
  private static final long serialVersionUID = 1L;

  private final Schema schema;
  private final ArrayList<String> keys;

  private Keyed(Schema schema, List<String> keys) {
    this.schema = schema;
    this.keys = new ArrayList<>(keys);
  }

  static Keyed by(Schema schema, List<String> keys) {
    return new Keyed(schema, keys);
  }

  @Override
  public PCollection<KV<UnsafeRow, UnsafeRow>> expand(PCollection<UnsafeRow> rows) {
    return rows.apply("Key", ParDo.of(new KeyFn(schema, keys)))
        .setCoder(KvCoder.of(RowCoder.of(), RowCoder.of()));
  }

  static final class KeyFn extends DoFn<UnsafeRow, KV<UnsafeRow, UnsafeRow>> {
    private static final long serialVersionUID = 1L;

    private final Schema schema;
    private final ArrayList<String> keys;
    private transient @Nullable Rebuilt key;

    KeyFn(Schema schema, List<String> keys) {
      this.schema = schema;
      this.keys = new ArrayList<>(keys);
    }

    @Setup
    public void setup() {
      key = Rebuilt.columns(schema, keys);
    }

    @ProcessElement
    public void process(@Element UnsafeRow row, OutputReceiver<KV<UnsafeRow, UnsafeRow>> out) {
      out.output(KV.of(Objects.requireNonNull(key).of(row), row));
    }
  }
}
