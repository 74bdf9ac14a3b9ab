package dev.millrace.pipelines.beam;

import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** Writes {@link DeltaRows} in the workers, a bundle at a time. */
final class DeltaFiles extends DoFn<UnsafeRow, String> {
  private static final long serialVersionUID = 1L;

  private final String root;
  private final Schema schema;
  private final ArrayList<String> partitionBy;
  private transient @Nullable DeltaRows rows;
  private transient @Nullable BoundedWindow window;

  /**
   * Files of a table.
   *
   * @param root of the table, with its scheme
   */
  DeltaFiles(String root, Schema schema, List<String> partitionBy) {
    this.root = root;
    this.schema = schema;
    this.partitionBy = new ArrayList<>(partitionBy);
  }

  @StartBundle
  public void start() {
    rows = new DeltaRows(root, schema, partitionBy);
  }

  @ProcessElement
  public void process(@Element UnsafeRow row, BoundedWindow of, OutputReceiver<String> out)
      throws IOException {
    window = of;
    Objects.requireNonNull(rows).add(row).forEach(out::output);
  }

  @FinishBundle
  public void finish(FinishBundleContext context) throws IOException {
    for (String add : Objects.requireNonNull(rows).finish()) {
      BoundedWindow in = Objects.requireNonNull(window);
      context.output(add, in.maxTimestamp(), in);
    }
  }
}
