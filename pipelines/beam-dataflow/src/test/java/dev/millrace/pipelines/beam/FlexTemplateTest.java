package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** The template's file against the options that there are. */
class FlexTemplateTest {
  private static final Path FOLDER = Path.of("src/main/flex-template");

  private static JsonNode template() throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("template.json").toFile());
  }

  private static List<String> parameters(boolean required) throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode each : template().at("/metadata/parameters")) {
      if (each.path("isOptional").asBoolean() != required) {
        names.add(each.path("name").asText());
      }
    }
    return names;
  }

  private static Set<String> options() {
    PipelineOptionsFactory.register(DataflowPipelineOptions.class);
    Set<String> names = new TreeSet<>();
    PipelineOptionsFactory.getRegisteredOptions().stream()
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .map(method -> method.getName())
        .filter(name -> name.startsWith("set"))
        .forEach(
            name -> names.add(name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4)));
    return names;
  }

  @Test
  void parametersAreThePlanAndOptionsOfTheRunner() throws IOException {
    assertThat(parameters(true)).containsExactly("plan", "tempLocation");
    assertThat(options())
        .contains("tempLocation")
        .containsAll(parameters(false))
        .doesNotContain("plan");
    assertThat(parameters(false)).isNotEmpty();
  }

  @Test
  void everyParameterIsExplained() throws IOException {
    assertThat(template().at("/sdkInfo/language").asText()).isEqualTo("JAVA");
    assertThat(template().path("image").asText()).contains("millrace-dataflow");
    assertThat(template().at("/metadata/parameters"))
        .allSatisfy(
            each -> {
              assertThat(each.path("label").asText()).isNotEmpty();
              assertThat(each.path("helpText").asText()).endsWith(".");
            });
  }

  @Test
  void theImageStartsTheEntryOfTheJar() throws IOException {
    assertThat(Files.readAllLines(FOLDER.resolve("Dockerfile")))
        .contains("ENV FLEX_TEMPLATE_JAVA_MAIN_CLASS=" + RunPlan.class.getName());
  }
}
