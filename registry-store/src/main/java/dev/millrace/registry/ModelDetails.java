package dev.millrace.registry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What is known of a trained model besides its bytes. No component is null; what is not known is
 * empty.
 *
 * @param name the model: a letter, then letters, digits, {@code _ . -}, at most 128
 * @param semver a version in words of one's own, such as {@code 2.1.0}; it need not be unique
 * @param signature inputs and outputs
 * @param flavour format of the artifact, such as {@code onnx}
 * @param parameters what the trainer was told
 * @param metrics what evaluation found, by split and slice
 * @param trainingData each table trained on
 * @param definitions each definition used: views, training set, label
 * @param code the training code
 * @param environment versions of Java and libraries, the container image
 * @param author who registers
 * @param description what it is for, in a sentence
 * @param tags labels of one's own
 * @param card the model card: intended use, limits, data, ethics, in prose
 */
public record ModelDetails(
    String name,
    String semver,
    Signature signature,
    String flavour,
    Map<String, String> parameters,
    List<Metric> metrics,
    List<TrainingData> trainingData,
    List<DefinitionReference> definitions,
    CodeReference code,
    Map<String, String> environment,
    String author,
    String description,
    Map<String, String> tags,
    String card) {

  public ModelDetails {
    Names.check("a model name", name);
    Names.checkText("flavour of model '" + name + "'", flavour);
    parameters = sorted(parameters);
    metrics = List.copyOf(metrics);
    trainingData = List.copyOf(trainingData);
    definitions = List.copyOf(definitions);
    environment = sorted(environment);
    tags = sorted(tags);
  }

  /** The metric of a split's rows; empty if evaluation did not find it. */
  public OptionalDouble metric(String metric, String split) {
    return metric(metric, split, "");
  }

  /** The metric of a slice of a split; empty if evaluation did not find it. */
  public OptionalDouble metric(String metric, String split, String slice) {
    return metrics.stream()
        .filter(each -> each.is(metric, split, slice))
        .mapToDouble(Metric::value)
        .findFirst();
  }

  ModelDetails with(Signature other) {
    return new ModelDetails(
        name,
        semver,
        other,
        flavour,
        parameters,
        metrics,
        trainingData,
        definitions,
        code,
        environment,
        author,
        description,
        tags,
        card);
  }

  private static <V> Map<String, V> sorted(Map<String, V> map) {
    Map<String, V> copy = new TreeMap<>(map);
    if (copy.containsValue(null)) {
      throw new IllegalArgumentException("A map of a model holds no null: " + map + ".");
    }
    return Collections.unmodifiableMap(copy);
  }
}
