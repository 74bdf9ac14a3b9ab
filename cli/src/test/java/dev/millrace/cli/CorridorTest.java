package dev.millrace.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The corridor: a room imports only rooms to its left, and each foreign library stays in its room.
 */
class CorridorTest {
  private static final List<String> ROOMS =
      List.of(
          "transforms", "pipelines", "registry", "features", "training", "scoring", "dags", "cli");

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // Cases are for tests, and make the files and tables that engines read.
          .withImportOption(location -> !location.contains("conformance"))
          .importPackages("dev.millrace");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transforms",
        "pipelines",
        "registry",
        "features",
        "training",
        "scoring",
        "dags",
        "cli"
      })
  void aRoomImportsOnlyRoomsToItsLeft(String room) {
    String[] toTheRight =
        ROOMS.subList(ROOMS.indexOf(room) + 1, ROOMS.size()).stream()
            .map(each -> "dev.millrace." + each + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("dev.millrace." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(toTheRight)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("dev.millrace.examples..")
        .check(HOUSE);
    assertThat(HOUSE).anyMatch(type -> type.getPackageName().startsWith("dev.millrace." + room));
  }

  @Test
  void everyClassIsInARoom() {
    assertThat(HOUSE)
        .filteredOn(type -> !type.getPackageName().startsWith("dev.millrace.examples"))
        .allMatch(
            type ->
                ROOMS.stream()
                    .anyMatch(room -> type.getPackageName().startsWith("dev.millrace." + room)));
  }

  @Test
  void enginesDoNotKnowEachOtherAndThePlanKnowsNone() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.millrace.pipelines.core..",
            "dev.millrace.pipelines.stores..",
            "dev.millrace.pipelines.runs..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.millrace.pipelines.spark..",
            "dev.millrace.pipelines.beam..",
            "dev.millrace.pipelines.local..")
        .check(HOUSE);
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.spark.., dev.millrace.pipelines.spark.., dev.millrace.training.spark..|dev.millrace.pipelines.beam..|dev.millrace.pipelines.runs..",
    "io.delta.., dev.millrace.pipelines.spark.., dev.millrace.pipelines.beam..",
    "com.amazon.deequ.., dev.millrace.pipelines.spark.., none",
    "org.apache.beam.., dev.millrace.pipelines.beam.., none",
    "org.apache.iceberg.., dev.millrace.registry.., dev.millrace.pipelines.spark..|dev.millrace.pipelines.beam..|dev.millrace.pipelines.runs..",
    "org.apache.kafka.., dev.millrace.pipelines.stores.., dev.millrace.pipelines.beam..",
    "ai.onnxruntime.., dev.millrace.training.onnx.., none",
    "ai.onnx.., dev.millrace.training.onnx.., dev.millrace.registry..",
    "io.openlineage.., dev.millrace.registry.., none",
    "redis.clients.., dev.millrace.pipelines.stores.., dev.millrace.pipelines.spark..",
    "com.redislabs.., dev.millrace.pipelines.spark.., none",
    "redis.embedded.., dev.millrace.cli.., none",
    "io.github.embeddedkafka.., dev.millrace.cli.., none",
    "org.apache.avro.., dev.millrace.pipelines.spark.., dev.millrace.pipelines.beam..",
    "io.prometheus.., dev.millrace.features.., none",
    "picocli.., dev.millrace.cli.., none",
  })
  void aLibraryStaysInItsRoom(String library, String room, String otherRooms) {
    List<String> rooms =
        new ArrayList<>(
            List.of(room, "dev.millrace.transforms..", "dev.millrace.pipelines.local.."));
    rooms.addAll(List.of(otherRooms.split("[|]", -1)));
    noClasses()
        .that()
        .resideOutsideOfPackages(rooms.toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(HOUSE);
  }

  /** But for what Spark's sources do to headers and calendars, which needs no session either. */
  @Test
  void theBeamEngineKnowsCatalystAndNoSession() {
    noClasses()
        .that()
        .resideInAPackage("dev.millrace.pipelines.beam..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "org.apache.spark",
                    "org.apache.spark.rdd..",
                    "org.apache.spark.api..",
                    "org.apache.spark.sql.execution..")
                .and(not(nameMatching(".*[.](CSVUtils[$]|DataSourceUtils)")))
                .or(nameMatching("org.apache.spark.sql.SparkSession")))
        .check(HOUSE);
  }

  @Test
  void transformsAndTheLocalEngineKnowCatalystAndNoOtherEngine() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.millrace.transforms..", "dev.millrace.pipelines.local..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark",
            "org.apache.spark.rdd..",
            "org.apache.spark.api..",
            "org.apache.spark.sql.execution..",
            "org.apache.hadoop..",
            "org.apache.beam..",
            "io.delta..",
            "org.apache.iceberg..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.spark.sql.SparkSession")
        .check(HOUSE);
  }

  @Test
  void namesAreTheFields() {
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Helper|Manager|Common|Base|Impl)(\\$.*)?")
        .check(HOUSE);
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .areNotAssignableTo("org.apache.beam.sdk.options.PipelineOptions")
        .and()
        .areDeclaredInClassesThat()
        .areNotAssignableTo("org.apache.beam.sdk.options.PipelineOptionsRegistrar")
        .should()
        .haveNameNotMatching("get[A-Z].*")
        .check(HOUSE);
  }
}
