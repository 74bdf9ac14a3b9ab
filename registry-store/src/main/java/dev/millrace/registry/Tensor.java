package dev.millrace.registry;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An input or output of a model's graph.
 *
 * @param name its name in the graph
 * @param type its element type as ONNX writes it, such as {@code tensor(float)}
 * @param shape its dimensions, {@code -1} for one of any size; empty for a scalar or where the
 *     graph does not say
 */
public record Tensor(String name, String type, List<Long> shape) {
  public Tensor {
    shape = List.copyOf(shape);
  }

  /** {@code features tensor(double)[-1, 12]}. */
  @Override
  public String toString() {
    return name
        + " "
        + type
        + shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
