package dev.millrace.registry;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import shade.com.google.protobuf.ByteString;

/** Small ONNX files: real ones, that add nothing up. */
final class Onnx {
  private Onnx() {}

  /** One that takes {@code avg_delay_1h} and {@code origin}, and gives {@code probability}. */
  static byte[] lateFlight(int seed) {
    return of(
        seed,
        0,
        column("avg_delay_1h", TensorProto.DataType.DOUBLE_VALUE, -1, 1),
        column("origin", TensorProto.DataType.STRING_VALUE, -1, 1));
  }

  /** The same with weights of so many bytes. */
  static byte[] heavy(int seed, int bytes) {
    return of(
        seed,
        bytes,
        column("avg_delay_1h", TensorProto.DataType.DOUBLE_VALUE, -1, 1),
        column("origin", TensorProto.DataType.STRING_VALUE, -1, 1));
  }

  /** One that takes a matrix of so many columns, in the order that its metadata names. */
  static byte[] matrix(int width, String names) {
    return build(
        GraphProto.newBuilder()
            .addInput(column("features", TensorProto.DataType.DOUBLE_VALUE, -1, width)),
        names);
  }

  /** One that answers what it is given: a graph that ONNX Runtime takes. */
  static byte[] identity(int width) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            GraphProto.newBuilder()
                .setName("identity")
                .addInput(column("features", TensorProto.DataType.DOUBLE_VALUE, -1, width))
                .addOutput(column("same", TensorProto.DataType.DOUBLE_VALUE, -1, width))
                .addNode(
                    NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput("features")
                        .addOutput("same")))
        .build()
        .toByteArray();
  }

  private static byte[] of(int seed, int bytes, ValueInfoProto... inputs) {
    byte[] weights = new byte[bytes];
    new java.util.Random(seed).nextBytes(weights);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("seed " + seed)
            .addInput(column("weights", TensorProto.DataType.UINT8_VALUE, bytes))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("weights")
                    .setDataType(TensorProto.DataType.UINT8_VALUE)
                    .addDims(bytes)
                    .setRawData(ByteString.copyFrom(weights)));
    for (ValueInfoProto input : inputs) {
      graph.addInput(input);
    }
    return build(graph, "");
  }

  private static byte[] build(GraphProto.Builder graph, String names) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(
                graph
                    .addNode(
                        NodeProto.newBuilder()
                            .setOpType("Identity")
                            .addInput(graph.getInput(graph.getInputCount() - 1).getName())
                            .addOutput("probability"))
                    .addOutput(column("probability", TensorProto.DataType.FLOAT_VALUE, -1, 1)));
    if (!names.isEmpty()) {
      model.addMetadataProps(
          StringStringEntryProto.newBuilder().setKey("millrace.feature_names").setValue(names));
    }
    return model.build().toByteArray();
  }

  private static ValueInfoProto column(String name, int type, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long size : shape) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      dimensions.addDim(size < 0 ? dimension.setDimParam("N") : dimension.setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type).setShape(dimensions)))
        .build();
  }
}
