package dev.millrace.training.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.DoubleBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A binary classifier loaded from ONNX bytes, scored by ONNX Runtime on the calling thread.
 *
 * <p>A row's probability has the same bits in whatever batch the row stands, for a model of {@link
 * BoostedTreesOnnx}: its operators treat each row alone, and the session runs with one intra-op
 * thread, since more of them share the trees of a small batch and add in another order. Use more
 * threads by calling from more threads; one model serves them all, and a JVM needs one {@code
 * OnnxModel} for each model version. Memory off the heap is bounded by 4,096 rows for each
 * concurrent caller, reused from call to call.
 */
public final class OnnxModel implements AutoCloseable {
  private static final int CHUNK_ROWS = 4096;

  private final OrtSession session;
  private final ModelShape shape;
  private final ConcurrentLinkedQueue<ScoringBuffers> idle = new ConcurrentLinkedQueue<>();
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private boolean closed;

  private OnnxModel(OrtSession session, ModelShape shape) {
    this.session = session;
    this.shape = shape;
  }

  /**
   * Loads a model: one input double [N, F], an output {@code probability} double [N, 1], and the F
   * feature names in the metadata. {@link BoostedTreesOnnx#encode} writes such bytes.
   *
   * @throws ModelFormatException if the bytes are no ONNX model, or one of another shape
   */
  public static OnnxModel load(byte[] bytes) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      OrtSession session = OrtEnvironment.getEnvironment().createSession(bytes, options);
      try {
        return new OnnxModel(session, ModelShape.of(session));
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new ModelFormatException(
          "Cannot load an ONNX model from "
              + bytes.length
              + " bytes: ONNX Runtime answers '"
              + e.getMessage()
              + "'. Give the whole bytes of an exported model, unchanged.",
          e);
    }
  }

  /** The name of the model's input. */
  public String inputName() {
    return shape.inputName();
  }

  /** How many features a row has. */
  public int inputWidth() {
    return shape.featureNames().size();
  }

  /** The features in the order of the row, as the model's metadata names them. */
  public List<String> featureNames() {
    return shape.featureNames();
  }

  /** As {@link #score(DoubleBuffer, int)}. */
  public double[] score(double[] rowMajorFeatures, int rows) {
    return score(DoubleBuffer.wrap(rowMajorFeatures), rows);
  }

  /**
   * The probability of the positive class for each row, from 0 to 1. Safe for any number of
   * threads.
   *
   * @param rowMajorFeatures from its position to its limit, {@code rows} times {@link #inputWidth}
   *     values, row after row in the order of {@link #featureNames}; NaN means missing. Its
   *     position stays.
   * @param rows 0 or more
   * @throws ModelFormatException if there are more or fewer values
   * @throws IllegalStateException if the model is closed
   */
  public double[] score(DoubleBuffer rowMajorFeatures, int rows) {
    checkSize(rowMajorFeatures.remaining(), rows);
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(
            "Cannot score with a closed ONNX model: its native memory is gone. Load the model again.");
      }
      return scoreOpen(rowMajorFeatures.duplicate(), rows);
    } finally {
      use.readLock().unlock();
    }
  }

  private double[] scoreOpen(DoubleBuffer features, int rows) {
    ScoringBuffers polled = idle.poll();
    ScoringBuffers buffers = polled == null ? new ScoringBuffers(shape) : polled;
    double[] probabilities = new double[rows];
    try {
      for (int from = 0; from < rows; from += CHUNK_ROWS) {
        buffers.score(session, features, Math.min(CHUNK_ROWS, rows - from), probabilities, from);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(
          "Cannot score "
              + rows
              + " rows: ONNX Runtime answers '"
              + e.getMessage()
              + "'. Check the model on one row.",
          e);
    } finally {
      idle.add(buffers);
    }
    return probabilities;
  }

  private void checkSize(int values, int rows) {
    if (rows < 0 || values != (long) rows * inputWidth()) {
      throw new ModelFormatException(
          "Cannot score "
              + rows
              + " rows of "
              + values
              + " values: the model takes "
              + inputWidth()
              + " features a row, "
              + (long) rows * inputWidth()
              + " values. Give each row's features in this order: "
              + featureNames());
    }
  }

  /** Frees the native memory once the calls under way have ended. Closing again does nothing. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        idle.forEach(ScoringBuffers::close);
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close the model: " + e.getMessage(), e);
    } finally {
      use.writeLock().unlock();
    }
  }
}
