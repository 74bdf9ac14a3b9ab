package dev.millrace.registry;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a model takes and gives, in order: the columns that it was trained on, and the tensors of
 * its graph. Names are unique among the inputs and among the outputs.
 *
 * @param inputs the features the model takes
 * @param outputs what it gives
 * @param inputTensors the graph's inputs; the registry reads them from an ONNX artifact
 * @param outputTensors the graph's outputs, likewise
 */
public record Signature(
    List<SignatureField> inputs,
    List<SignatureField> outputs,
    List<Tensor> inputTensors,
    List<Tensor> outputTensors) {
  public Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    inputTensors = List.copyOf(inputTensors);
    outputTensors = List.copyOf(outputTensors);
    check("input", inputs);
    check("output", outputs);
  }

  /** A signature of columns alone. */
  public Signature(List<SignatureField> inputs, List<SignatureField> outputs) {
    this(inputs, outputs, List.of(), List.of());
  }

  private static void check(String side, List<SignatureField> fields) {
    Stream<String> names = fields.stream().map(SignatureField::name);
    if (names.distinct().count() < fields.size()) {
      throw new IllegalArgumentException(
          "A signature names each "
              + side
              + " once: "
              + fields.stream().map(SignatureField::name).toList()
              + ".");
    }
  }
}
