package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.transforms.expectation.RowRules;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.CanonicalRow;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.RowOrder;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Rows held against what is expected of them. What is set aside is an output of its own; the
 * verdict is a value that every sink waits for.
 *
 * @param accepted the rows that are not set aside
 * @param aside the others, with {@code reasons} and {@code run_id}
 * @param found the aggregation that the verdict is made of
 * @param passed there once the verdict is good; where it is not, the pipeline has failed
 */
record Judged(
    Expect expect,
    Verdict verdict,
    PCollection<UnsafeRow> accepted,
    PCollection<UnsafeRow> aside,
    PCollection<byte[]> found,
    PCollectionView<Boolean> passed) {

  /** The columns of rows that are set aside. */
  static Schema asideSchema(Expect expect) {
    return expect
        .schema()
        .and(
            List.of(
                new Column("reasons", new ArrayType(PrimitiveType.STRING)),
                new Column("run_id", PrimitiveType.STRING)));
  }

  static Judged of(Expect expect, Verdict verdict, PCollection<UnsafeRow> rows, String run) {
    PCollection<KV<UnsafeRow, byte[]>> marked =
        rows.apply("Mark", ParDo.of(new MarkFn(verdict)))
            .setCoder(KvCoder.of(RowCoder.of(), ByteArrayCoder.of()));
    for (int i = 0; i < expect.expectations().size(); i++) {
      if (expect.expectations().get(i).rule() instanceof Rule.Unique unique) {
        marked = repetitions(marked, verdict, i, unique);
      }
    }
    TupleTag<UnsafeRow> accepted = new TupleTag<>("accepted") {};
    TupleTag<UnsafeRow> aside = new TupleTag<>("aside") {};
    TupleTag<UnsafeRow> numbers = new TupleTag<>("numbers") {};
    PCollectionTuple split =
        marked.apply(
            "Split",
            ParDo.of(new SplitFn(verdict, asideSchema(expect), run, accepted, aside, numbers))
                .withOutputTags(accepted, TupleTagList.of(aside).and(numbers)));
    PCollection<byte[]> found =
        split
            .get(numbers)
            .setCoder(RowCoder.of())
            .apply("Find", Combine.globally(TilesOf.all(verdict.windows())));
    PCollectionView<Boolean> passed =
        found.apply("Judge", ParDo.of(new JudgeFn(verdict))).apply("Passed", View.asSingleton());
    return new Judged(
        expect,
        verdict,
        split.get(accepted).setCoder(RowCoder.of()),
        split.get(aside).setCoder(RowCoder.of()),
        found,
        passed);
  }

  private static PCollection<KV<UnsafeRow, byte[]>> repetitions(
      PCollection<KV<UnsafeRow, byte[]>> marked, Verdict verdict, int index, Rule.Unique rule) {
    KvCoder<UnsafeRow, byte[]> row = KvCoder.of(RowCoder.of(), ByteArrayCoder.of());
    return marked
        .apply(
            "Agree " + index,
            ParDo.of(new AgreeFn(CanonicalRow.of(verdict.rows(), rule.columns()))))
        .setCoder(KvCoder.of(ByteArrayCoder.of(), row))
        .apply("Group " + index, GroupByKey.create())
        .apply("Repeat " + index, ParDo.of(new RepeatFn(verdict, index)))
        .setCoder(row);
  }

  static final class MarkFn extends DoFn<UnsafeRow, KV<UnsafeRow, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final Verdict verdict;
    private transient @Nullable RowRules rules;

    MarkFn(Verdict verdict) {
      this.verdict = verdict;
    }

    @Setup
    public void setup() {
      rules = Compiled.rules(verdict.expectations(), verdict.rows());
    }

    @ProcessElement
    public void process(@Element UnsafeRow row, OutputReceiver<KV<UnsafeRow, byte[]>> out) {
      out.output(KV.of(row, Objects.requireNonNull(rules).breaches(row).toByteArray()));
    }
  }

  static final class AgreeFn
      extends DoFn<KV<UnsafeRow, byte[]>, KV<byte[], KV<UnsafeRow, byte[]>>> {
    private static final long serialVersionUID = 1L;

    private final CanonicalRow key;

    AgreeFn(CanonicalRow key) {
      this.key = key;
    }

    @ProcessElement
    public void process(
        @Element KV<UnsafeRow, byte[]> row, OutputReceiver<KV<byte[], KV<UnsafeRow, byte[]>>> out) {
      out.output(KV.of(key.bytes(row.getKey()), row));
    }
  }

  /**
   * Of rows that agree, one is no repetition: a row that breaks no rule of rows, and the least in
   * all columns.
   */
  static final class RepeatFn
      extends DoFn<KV<byte[], Iterable<KV<UnsafeRow, byte[]>>>, KV<UnsafeRow, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final Verdict verdict;
    private final int index;
    private transient @Nullable Comparator<KV<UnsafeRow, byte[]>> order;

    RepeatFn(Verdict verdict, int index) {
      this.verdict = verdict;
      this.index = index;
    }

    @Setup
    public void setup() {
      BitSet ofRows = new BitSet();
      for (int i = 0; i < verdict.expectations().size(); i++) {
        ofRows.set(i, verdict.expectations().get(i).rule() instanceof Rule.RowRule);
      }
      order =
          Comparator.<KV<UnsafeRow, byte[]>, Boolean>comparing(
                  row -> BitSet.valueOf(row.getValue()).intersects(ofRows))
              .thenComparing(KV::getKey, RowOrder.of(verdict.rows()));
    }

    @ProcessElement
    public void process(
        @Element KV<byte[], Iterable<KV<UnsafeRow, byte[]>>> agreeing,
        OutputReceiver<KV<UnsafeRow, byte[]>> out) {
      List<KV<UnsafeRow, byte[]>> rows = new ArrayList<>();
      agreeing.getValue().forEach(rows::add);
      rows.sort(Objects.requireNonNull(order));
      for (int i = 0; i < rows.size(); i++) {
        BitSet breaches = BitSet.valueOf(rows.get(i).getValue());
        breaches.set(index, i > 0);
        out.output(KV.of(rows.get(i).getKey(), breaches.toByteArray()));
      }
    }
  }

  static final class SplitFn extends DoFn<KV<UnsafeRow, byte[]>, UnsafeRow> {
    private static final long serialVersionUID = 1L;

    private final Verdict verdict;
    private final Schema asideSchema;
    private final String run;
    private final TupleTag<UnsafeRow> accepted;
    private final TupleTag<UnsafeRow> aside;
    private final TupleTag<UnsafeRow> numbers;
    private transient @Nullable RowRules rules;
    private transient @Nullable RowProjection inputs;
    private transient DataType @Nullable [] types;
    private transient @Nullable Rebuilt ofAside;
    private transient @Nullable Rebuilt ofNumbers;

    SplitFn(
        Verdict verdict,
        Schema asideSchema,
        String run,
        TupleTag<UnsafeRow> accepted,
        TupleTag<UnsafeRow> aside,
        TupleTag<UnsafeRow> numbers) {
      this.verdict = verdict;
      this.asideSchema = asideSchema;
      this.run = run;
      this.accepted = accepted;
      this.aside = aside;
      this.numbers = numbers;
    }

    @Setup
    public void setup() {
      rules = Compiled.rules(verdict.expectations(), verdict.rows());
      inputs = verdict.numbers();
      types =
          inputs.schema().columns().stream()
              .map(column -> CatalystTypes.toCatalyst(column.type()))
              .toArray(DataType[]::new);
      ofAside = Rebuilt.rows(asideSchema);
      ofNumbers = Rebuilt.rows(verdict.schema());
    }

    @ProcessElement
    public void process(@Element KV<UnsafeRow, byte[]> marked, MultiOutputReceiver out) {
      RowRules mine = Objects.requireNonNull(rules);
      UnsafeRow row = marked.getKey();
      BitSet breaches = BitSet.valueOf(marked.getValue());
      boolean goes = mine.setsAside(breaches);
      if (goes) {
        Object[] reasons =
            mine.reasons(breaches, row).stream().map(UTF8String::fromString).toArray();
        InternalRow why =
            new GenericInternalRow(
                new Object[] {new GenericArrayData(reasons), UTF8String.fromString(run)});
        out.get(aside).output(Objects.requireNonNull(ofAside).of(new JoinedRow(row, why)));
      }
      InternalRow ofRow = goes ? null : Objects.requireNonNull(inputs).apply(row);
      out.get(numbers)
          .output(
              Objects.requireNonNull(ofNumbers)
                  .of(verdict.row(ofRow, Objects.requireNonNull(types), breaches)));
      if (!goes) {
        out.get(accepted).output(row);
      }
    }
  }

  static final class JudgeFn extends DoFn<byte[], Boolean> {
    private static final long serialVersionUID = 1L;

    private final Verdict verdict;

    JudgeFn(Verdict verdict) {
      this.verdict = verdict;
    }

    @ProcessElement
    public void process(@Element byte[] found, OutputReceiver<Boolean> out) {
      verdict.require(found);
      out.output(true);
    }
  }
}
