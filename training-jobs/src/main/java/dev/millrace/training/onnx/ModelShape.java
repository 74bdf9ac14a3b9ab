package dev.millrace.training.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a loaded model takes: one matrix of doubles, its columns named in the metadata; and gives:
 * at least {@code probability}, a column of doubles.
 */
record ModelShape(String inputName, List<String> featureNames) {
  static ModelShape of(OrtSession session) throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (inputs.size() != 1) {
      throw unfit("its inputs are " + inputs.keySet() + ", and it should have one");
    }
    NodeInfo input = inputs.values().iterator().next();
    int width = columns("input", input.getName(), input);
    if (columns(
            "output",
            BoostedTreesOnnx.PROBABILITY,
            session.getOutputInfo().get(BoostedTreesOnnx.PROBABILITY))
        != 1) {
      throw unfit("its output 'probability' has more than one column");
    }
    @Nullable String names = session.getMetadata().getCustomMetadata().get(Metadata.FEATURE_NAMES);
    if (names == null) {
      throw unfit("it has no metadata '" + Metadata.FEATURE_NAMES + "'");
    }
    List<String> featureNames = Metadata.namesFromJson(names);
    if (featureNames.size() != width) {
      throw unfit(
          "it takes " + width + " features and names " + featureNames.size() + ": " + featureNames);
    }
    return new ModelShape(input.getName(), featureNames);
  }

  private static int columns(String role, String name, @Nullable NodeInfo node) {
    if (node == null) {
      throw unfit("it has no " + role + " '" + name + "'");
    }
    if (node.getInfo() instanceof TensorInfo tensor
        && tensor.type == OnnxJavaType.DOUBLE
        && tensor.getShape().length == 2
        && tensor.getShape()[0] == -1
        && tensor.getShape()[1] > 0) {
      return Math.toIntExact(tensor.getShape()[1]);
    }
    String found =
        node.getInfo() instanceof TensorInfo tensor
            ? tensor.type + " " + Arrays.toString(tensor.getShape())
            : "no tensor";
    throw unfit(
        "its " + role + " '" + name + "' is " + found + ", and it should be DOUBLE [-1, columns]");
  }

  private static ModelFormatException unfit(String reason) {
    return new ModelFormatException(
        "Cannot score with this ONNX model: " + reason + ". Load a model that Millrace exported.");
  }
}
