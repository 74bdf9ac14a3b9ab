package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Holds the columns that a model was trained on against the graph that was exported. */
final class SignatureCheck {
  private static final Set<String> TEXT = Set.of("string", "varchar", "char");

  private final String model;
  private final OnnxGraph graph;

  private SignatureCheck(String model, OnnxGraph graph) {
    this.model = model;
    this.graph = graph;
  }

  /**
   * The candidate with the tensors of its graph; one that names no columns gets a column for each
   * tensor.
   *
   * @throws RegistryException if columns and graph do not fit, or the artifact is not ONNX
   */
  static ModelCandidate complete(ModelCandidate candidate) {
    Signature given = candidate.details().signature();
    if (!candidate.details().flavour().equals("onnx")) {
      if (given.inputs().isEmpty() || given.outputs().isEmpty()) {
        throw new RegistryException(
            new Problem(
                "Cannot register model '" + candidate.name() + "'",
                "its signature names no "
                    + (given.inputs().isEmpty() ? "input" : "output")
                    + ", and only of an ONNX file can it be read",
                "Name each column that it takes and gives."));
      }
      return candidate;
    }
    OnnxGraph graph = OnnxGraph.of(candidate.name(), candidate.artifact());
    SignatureCheck check = new SignatureCheck(candidate.name(), graph);
    return candidate.with(
        new Signature(
            given.inputs().isEmpty() ? columns(graph.inputs()) : check.inputs(given.inputs()),
            given.outputs().isEmpty() ? columns(graph.outputs()) : check.outputs(given.outputs()),
            graph.inputs(),
            graph.outputs()));
  }

  private static List<SignatureField> columns(List<Tensor> tensors) {
    return tensors.stream().map(each -> new SignatureField(each.name(), each.type())).toList();
  }

  /**
   * Either one matrix takes all columns, or each column has a tensor of its name; or the columns
   * were read from the graph.
   */
  private List<SignatureField> inputs(List<SignatureField> columns) {
    if (columns.equals(columns(graph.inputs()))) {
      return columns;
    }
    List<String> names = columns.stream().map(SignatureField::name).toList();
    if (graph.inputs().size() == 1 && graph.inputs().get(0).shape().size() == 2) {
      Tensor matrix = graph.inputs().get(0);
      long width = matrix.shape().get(1);
      if (width >= 0 && width != columns.size()) {
        throw unfit(
            "the graph's input "
                + matrix
                + " takes "
                + width
                + " columns, the training set has "
                + columns.size()
                + ": "
                + names);
      }
      columns.forEach(column -> type(column, matrix));
      order(names);
      return columns;
    }
    List<String> tensors = graph.inputs().stream().map(Tensor::name).toList();
    if (!Set.copyOf(tensors).equals(Set.copyOf(names))) {
      throw unfit("the graph takes " + tensors + ", the training set has " + names);
    }
    for (SignatureField column : columns) {
      type(column, graph.inputs().get(tensors.indexOf(column.name())));
    }
    return columns;
  }

  /** What Millrace exports says in which order it takes the columns. */
  private void order(List<String> names) {
    String said = graph.metadata().getOrDefault("millrace.feature_names", "");
    String given = Json.text(names);
    if (!said.isEmpty() && !Json.texts(said).equals(names)) {
      throw unfit(
          "the graph takes its columns in the order " + said + ", the training set has " + given);
    }
  }

  private void type(SignatureField column, Tensor tensor) {
    String type = column.type().toLowerCase(Locale.ROOT);
    boolean text = TEXT.contains(type.replaceFirst("\\(.*", ""));
    boolean takesText = tensor.type().equals("tensor(string)");
    if (text != takesText && !type.startsWith("tensor(")) {
      throw unfit(
          "column '" + column.name() + "' is " + column.type() + ", and the graph takes " + tensor);
    }
  }

  private List<SignatureField> outputs(List<SignatureField> columns) {
    if (columns.size() > graph.outputs().size()) {
      throw unfit(
          "the signature has the outputs "
              + columns.stream().map(SignatureField::name).toList()
              + ", the graph gives "
              + graph.outputs());
    }
    return columns;
  }

  private RegistryException unfit(String why) {
    return new RegistryException(
        new Problem(
            "The ONNX graph of model '" + model + "' does not fit its signature",
            why,
            "Export the model that was fitted to these columns, or name the columns of this one."));
  }
}
