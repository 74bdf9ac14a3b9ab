package dev.millrace.training.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one run at a time, off the heap, where the runtime reads features and writes
 * probabilities without a copy of its own. It grows to the largest batch seen, and keeps the
 * tensors over it while batches have the same size.
 */
final class ScoringBuffers implements AutoCloseable {
  private final ModelShape shape;
  private DoubleBuffer features = DoubleBuffer.allocate(0);
  private DoubleBuffer probabilities = DoubleBuffer.allocate(0);
  private @Nullable Tensors tensors;

  private record Tensors(int rows, OnnxTensor features, OnnxTensor probabilities) {}

  ScoringBuffers(ModelShape shape) {
    this.shape = shape;
  }

  /** Scores the next {@code rows} rows of {@code in} into {@code out} from {@code offset}. */
  void score(OrtSession session, DoubleBuffer in, int rows, double[] out, int offset)
      throws OrtException {
    Tensors run = tensors(rows);
    int values = rows * shape.featureNames().size();
    features.clear().put(in.slice(in.position(), values));
    in.position(in.position() + values);
    session
        .run(
            Map.of(shape.inputName(), run.features),
            Map.of(BoostedTreesOnnx.PROBABILITY, run.probabilities))
        .close();
    probabilities.clear().get(out, offset, rows);
  }

  private Tensors tensors(int rows) throws OrtException {
    Tensors kept = tensors;
    if (kept != null && kept.rows == rows) {
      return kept;
    }
    close();
    int width = shape.featureNames().size();
    if (probabilities.capacity() < rows) {
      features = offHeap(rows * width);
      probabilities = offHeap(rows);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OnnxTensor in =
        OnnxTensor.createTensor(
            environment, features.slice(0, rows * width), new long[] {rows, width});
    OnnxTensor out =
        OnnxTensor.createTensor(environment, probabilities.slice(0, rows), new long[] {rows, 1});
    Tensors made = new Tensors(rows, in, out);
    tensors = made;
    return made;
  }

  private static DoubleBuffer offHeap(int values) {
    return ByteBuffer.allocateDirect(values * Double.BYTES)
        .order(ByteOrder.nativeOrder())
        .asDoubleBuffer();
  }

  @Override
  public void close() {
    if (tensors != null) {
      tensors.features.close();
      tensors.probabilities.close();
      tensors = null;
    }
  }
}
