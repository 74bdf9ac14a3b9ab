package dev.millrace.registry;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a model takes and gives, in order; names are unique among the inputs and among the outputs.
 *
 * @param inputs the features the model takes, at least one
 * @param outputs what it gives, at least one
 */
public record Signature(List<SignatureField> inputs, List<SignatureField> outputs) {
  public Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    check("input", inputs);
    check("output", outputs);
  }

  private static void check(String side, List<SignatureField> fields) {
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("A signature needs at least one " + side + ".");
    }
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
