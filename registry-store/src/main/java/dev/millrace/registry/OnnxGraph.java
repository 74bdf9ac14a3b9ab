package dev.millrace.registry;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import shade.com.google.protobuf.CodedInputStream;
import shade.com.google.protobuf.WireFormat;

/**
 * What an ONNX file says of its inputs and outputs. The file is walked as a stream and its weights
 * are skipped, so that a model of any size takes little memory.
 *
 * @param inputs what a caller gives: the graph's inputs without those that are weights
 * @param outputs what it answers
 * @param metadata what the file says of itself beside the graph
 */
record OnnxGraph(List<Tensor> inputs, List<Tensor> outputs, Map<String, String> metadata) {
  /** Numbers of fields in onnx-ml.proto3. */
  private static final int IR_VERSION = 1;

  private static final int GRAPH = 7;
  private static final int OPERATOR_SETS = 8;
  private static final int METADATA = 14;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;
  private static final int TENSOR_NAME = 8;

  private static final long ANY_SIZE = -1;

  /**
   * Reads an ONNX file.
   *
   * @throws RegistryException if the bytes are none
   */
  static OnnxGraph of(String model, Content artifact) {
    try (InputStream in = artifact.open()) {
      Walk walk = new Walk(CodedInputStream.newInstance(in, 1 << 16));
      walk.model();
      if (walk.irVersion == 0 || !walk.hasOperators || walk.outputs.isEmpty()) {
        throw notOnnx(model, artifact, "it has no graph with outputs", null);
      }
      List<Tensor> inputs =
          walk.inputs.stream().filter(each -> !walk.weights.contains(each.name())).toList();
      return new OnnxGraph(inputs, List.copyOf(walk.outputs), walk.metadata);
    } catch (IOException failure) {
      throw notOnnx(model, artifact, String.valueOf(failure.getMessage()), failure);
    }
  }

  private static RegistryException notOnnx(
      String model, Content artifact, String why, @Nullable Throwable e) {
    return new RegistryException(
        new Problem(
            "The artifact of model '"
                + model
                + "' is not an ONNX file ("
                + artifact.digest().size()
                + " bytes)",
            why,
            "Register the bytes of an exported model, or say its flavour if it is of another format."),
        e);
  }

  /** One pass over the file. */
  private static final class Walk {
    private final CodedInputStream in;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private final Set<String> weights = new HashSet<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private long irVersion;
    private boolean hasOperators;

    private Walk(CodedInputStream in) {
      this.in = in;
    }

    private void model() throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case IR_VERSION -> irVersion = in.readInt64();
          case GRAPH -> within(this::graph);
          case OPERATOR_SETS -> {
            hasOperators = true;
            in.skipField(tag);
          }
          case METADATA -> {
            StringStringEntryProto entry = StringStringEntryProto.parseFrom(in.readByteArray());
            metadata.put(entry.getKey(), entry.getValue());
          }
          default -> in.skipField(tag);
        }
      }
    }

    private void graph() throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case INITIALIZER -> within(this::initializer);
          case INPUT -> inputs.add(tensor(ValueInfoProto.parseFrom(in.readByteArray())));
          case OUTPUT -> outputs.add(tensor(ValueInfoProto.parseFrom(in.readByteArray())));
          default -> in.skipField(tag);
        }
      }
    }

    private void initializer() throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == TENSOR_NAME) {
          weights.add(in.readString());
        } else {
          in.skipField(tag);
        }
      }
    }

    private void within(Part part) throws IOException {
      int outer = in.pushLimit(in.readRawVarint32());
      part.walk();
      in.checkLastTagWas(0);
      in.popLimit(outer);
    }

    private interface Part {
      void walk() throws IOException;
    }
  }

  private static Tensor tensor(ValueInfoProto value) {
    TypeProto type = value.getType();
    return switch (type.getValueCase()) {
      case TENSOR_TYPE ->
          new Tensor(
              value.getName(),
              "tensor(" + element(type.getTensorType().getElemType()) + ")",
              type.getTensorType().getShape().getDimList().stream().map(OnnxGraph::size).toList());
      case SEQUENCE_TYPE -> new Tensor(value.getName(), "sequence", List.of());
      case MAP_TYPE -> new Tensor(value.getName(), "map", List.of());
      default -> new Tensor(value.getName(), "unknown", List.of());
    };
  }

  private static long size(Dimension dimension) {
    return dimension.getValueCase() == Dimension.ValueCase.DIM_VALUE
        ? dimension.getDimValue()
        : ANY_SIZE;
  }

  private static String element(int number) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(number);
    return type == null ? "unknown" : type.name().toLowerCase(Locale.ROOT);
  }
}
