package dev.millrace.training.onnx;

import dev.millrace.pipelines.core.Scorer;
import dev.millrace.transforms.bytes.Digest;
import java.nio.DoubleBuffer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A model's graph as a plan's scorer; a process opens each graph once, whatever the number of
 * tasks.
 */
public final class OnnxScorer implements Scorer {
  private static final ConcurrentHashMap<String, OnnxModel> OPEN = new ConcurrentHashMap<>();

  private final byte[] bytes;
  private final String fingerprint;

  /**
   * The scorer of a graph.
   *
   * @param onnx the graph's bytes, which are read when it is first used
   */
  public OnnxScorer(byte[] onnx) {
    this.bytes = onnx.clone();
    this.fingerprint = Digest.sha256(onnx);
  }

  @Override
  public double[] score(double[] features, int rows) {
    OnnxModel model = OPEN.computeIfAbsent(fingerprint, any -> OnnxModel.load(bytes));
    return model.score(DoubleBuffer.wrap(features, 0, rows * model.inputWidth()), rows);
  }

  @Override
  public String fingerprint() {
    return "onnx " + fingerprint;
  }
}
