package dev.millrace.registry.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.registry.Metric;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.ModelCandidateBuilder;
import dev.millrace.registry.ModelDetails;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryException;
import dev.millrace.registry.SignatureField;
import dev.millrace.registry.Tensor;
import dev.millrace.registry.TrainingData;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A folder with {@code MLmodel} and {@code model.onnx}, as {@code mlflow.onnx.save_model} writes
 * and {@code mlflow.onnx.load_model} reads it. What MLflow has no place for is under {@code
 * metadata.millrace}, and comes back when the folder is read.
 */
public final class MlflowDirectory {
  private static final String MODEL_FILE = "MLmodel";
  private static final String ONNX_FILE = "model.onnx";
  private static final String MILLRACE = "millrace";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Map<String, String> TENSOR_TYPES =
      Map.of(
          "tensor(float)", "float32",
          "tensor(double)", "float64",
          "tensor(float16)", "float16",
          "tensor(int64)", "int64",
          "tensor(int32)", "int32",
          "tensor(bool)", "bool",
          "tensor(string)", "str");

  private MlflowDirectory() {}

  /**
   * Writes a version as a folder that is not there yet.
   *
   * @throws RegistryException if the version is of another flavour, the folder is there, or it
   *     cannot be written
   */
  public static void write(Registry registry, ModelVersion version, Path folder) {
    if (!version.details().flavour().equals("onnx")) {
      throw new RegistryException(
          new Problem(
              "Cannot export " + version.reference() + " for MLflow",
              "its flavour is " + version.details().flavour(),
              "Only ONNX models have a form there."));
    }
    try {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(folder);
      registry.copyArtifact(version, folder.resolve(ONNX_FILE));
      Files.writeString(
          folder.resolve("requirements.txt"), "mlflow\nnumpy\nonnx\nonnxruntime\npandas\n");
      // Last, so that a folder that has it is whole.
      Files.writeString(folder.resolve(MODEL_FILE), YAML.writeValueAsString(description(version)));
    } catch (IOException failure) {
      throw new RegistryException(
          new Problem(
              "Cannot export " + version.reference() + " to '" + folder + "'",
              Files.exists(folder.resolve(MODEL_FILE))
                  ? "there is an export already"
                  : String.valueOf(failure),
              "Name a folder that is not there yet, in a place that this user may write."),
          failure);
    }
  }

  private static Map<String, Object> description(ModelVersion version) {
    Map<String, Object> onnx = new LinkedHashMap<>();
    onnx.put("data", ONNX_FILE);
    onnx.put("providers", List.of("CPUExecutionProvider"));
    Map<String, Object> python = new LinkedHashMap<>();
    python.put("loader_module", "mlflow.onnx");
    python.put("data", ONNX_FILE);
    Map<String, Object> flavors = new LinkedHashMap<>();
    flavors.put("onnx", onnx);
    flavors.put("python_function", python);
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("artifact_path", "model");
    description.put("flavors", flavors);
    description.put("model_uuid", uuid(version).toString().replace("-", ""));
    description.put(
        "utc_time_created",
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS")
            .withZone(ZoneOffset.UTC)
            .format(version.createdAt()));
    description.put(
        "signature",
        Map.of(
            "inputs", tensors(version.signature().inputTensors()),
            "outputs", tensors(version.signature().outputTensors())));
    description.put("metadata", Map.of(MILLRACE, own(version)));
    return description;
  }

  private static UUID uuid(ModelVersion version) {
    return UUID.nameUUIDFromBytes(
        version.contentFingerprint().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** A signature is JSON within YAML there. */
  private static String tensors(List<Tensor> tensors) {
    List<Map<String, Object>> specs = new ArrayList<>();
    for (Tensor tensor : tensors) {
      Map<String, Object> spec = new LinkedHashMap<>();
      spec.put("type", "tensor");
      spec.put(
          "tensor-spec",
          Map.of(
              "dtype", TENSOR_TYPES.getOrDefault(tensor.type(), "object"),
              "shape", tensor.shape()));
      spec.put("name", tensor.name());
      specs.add(spec);
    }
    return json(specs);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("lists and maps of texts are always JSON", e);
    }
  }

  private static Map<String, Object> own(ModelVersion version) {
    ModelDetails details = version.details();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("reference", version.reference());
    own.put("contentFingerprint", version.contentFingerprint());
    own.put("sha256", version.artifact().digest().sha256());
    own.put("semver", details.semver());
    own.put("inputs", fields(details.signature().inputs()));
    own.put("outputs", fields(details.signature().outputs()));
    own.put("parameters", details.parameters());
    own.put(
        "metrics",
        details.metrics().stream()
            .map(
                metric -> {
                  Map<String, Object> each = new LinkedHashMap<>();
                  each.put("name", metric.name());
                  each.put("split", metric.split());
                  each.put("slice", metric.slice());
                  each.put("value", Double.toString(metric.value()));
                  return each;
                })
            .toList());
    own.put(
        "trainingData",
        details.trainingData().stream()
            .map(data -> Map.of("table", data.table(), "version", data.version()))
            .toList());
    own.put("codeCommit", details.code().commit());
    own.put("codeDirty", details.code().dirty());
    own.put("environment", details.environment());
    own.put("author", details.author());
    own.put("description", details.description());
    own.put("tags", details.tags());
    own.put("card", details.card());
    return own;
  }

  private static List<Map<String, String>> fields(List<SignatureField> fields) {
    return fields.stream()
        .map(
            field -> {
              Map<String, String> each = new LinkedHashMap<>();
              each.put("name", field.name());
              each.put("type", field.type());
              return each;
            })
        .toList();
  }

  /**
   * Reads a folder as a candidate of a model, ready for more to be said of it.
   *
   * @param model what it is to be called
   * @throws RegistryException if the folder holds no MLflow model of the ONNX flavour
   */
  public static ModelCandidateBuilder read(Path folder, String model) {
    Path file = folder.resolve(MODEL_FILE);
    JsonNode description;
    try {
      description = YAML.readTree(file.toFile());
    } catch (IOException failure) {
      throw refused(
          folder,
          Files.exists(file) ? String.valueOf(failure.getMessage()) : "it holds no file MLmodel",
          failure);
    }
    JsonNode onnx = description.path("flavors").path("onnx");
    if (!onnx.path("data").isTextual()) {
      List<String> flavours = new ArrayList<>();
      description.path("flavors").fieldNames().forEachRemaining(flavours::add);
      throw refused(folder, "its flavours are " + flavours + ", and none is onnx", null);
    }
    Path artifact = folder.resolve(onnx.path("data").asText()).normalize();
    if (!artifact.startsWith(folder.normalize())) {
      throw refused(folder, "its model lies outside of it: " + artifact, null);
    }
    ModelCandidateBuilder candidate = ModelCandidate.named(model).artifact(artifact);
    own(description.path("metadata").path(MILLRACE), candidate);
    candidate.tags(
        Map.of(
            "mlflow.model_uuid", description.path("model_uuid").asText(""),
            "mlflow.run_id", description.path("run_id").asText(""),
            "mlflow.version", description.path("mlflow_version").asText("")));
    return candidate;
  }

  private static void own(JsonNode own, ModelCandidateBuilder candidate) {
    own.path("inputs").forEach(each -> candidate.input(text(each, "name"), text(each, "type")));
    own.path("outputs").forEach(each -> candidate.output(text(each, "name"), text(each, "type")));
    own.path("metrics")
        .forEach(
            each ->
                candidate.metric(
                    new Metric(
                        text(each, "name"),
                        text(each, "split"),
                        text(each, "slice"),
                        Double.parseDouble(text(each, "value")))));
    own.path("trainingData")
        .forEach(
            each ->
                candidate.trainingData(
                    TrainingData.of(text(each, "table"), text(each, "version"))));
    candidate
        .semver(text(own, "semver"))
        .parameters(texts(own, "parameters"))
        .code(text(own, "codeCommit"), own.path("codeDirty").asBoolean(false))
        .environment(texts(own, "environment"))
        .author(text(own, "author"))
        .description(text(own, "description"))
        .tags(texts(own, "tags"))
        .card(text(own, "card"));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  private static Map<String, String> texts(JsonNode node, String field) {
    Map<String, String> texts = new TreeMap<>();
    node.path(field).fields().forEachRemaining(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static RegistryException refused(
      Path folder, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new RegistryException(
        new Problem(
            "Cannot import '" + folder + "' as a model of MLflow",
            why,
            "Name a folder that mlflow.onnx.save_model wrote."),
        cause);
  }
}
