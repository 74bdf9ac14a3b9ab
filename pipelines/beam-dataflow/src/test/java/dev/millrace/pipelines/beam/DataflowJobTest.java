package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipelines.conformance.ClassPathJars;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.PlanBytes;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job that Dataflow is handed, made here without a network. */
class DataflowJobTest {
  private static final Instant START = Instant.parse("2001-01-01T00:00:00Z");
  private static final Schema SALES =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("spent", PrimitiveType.DOUBLE),
          new Column("sold_at", PrimitiveType.TIMESTAMP));

  @TempDir Path dir;

  private static String classPath() throws IOException {
    return Files.readString(Path.of("target/runner.classpath")).strip();
  }

  private Write hourly(String table) {
    Expect sales =
        new Expect(
            "the sales",
            new Scan(Location.DeltaTable.at(dir.resolve("sales").toString()), SALES),
            List.of(Expectations.between("spent", 0, 100).orQuarantine()),
            dir.resolve("aside").toString());
    WindowedFeature spent =
        new WindowedFeature(
            "spent_1h", new AggregateCall("sum", List.of("spent"), List.of()), Window.hours(1));
    Events events = new Events("the sales", sales, List.of("shop"), "sold_at", List.of(spent));
    Emit hourly = new Emit.Every(START, START.plus(Duration.ofDays(1)), 3_600_000_000L);
    return new Write(
        new WindowAggregate(events, hourly), Sink.Delta.whole(dir.resolve(table).toString()));
  }

  private void sales() {
    BeamEngine here =
        BeamEngine.on(PipelineOptionsFactory.fromArgs("--runner=DirectRunner").create());
    here.hold("sales", new Rows(SALES, List.of(List.of("a", 1.5, START))));
    Write log =
        new Write(
            new Scan(new Location.Memory("sales"), SALES),
            Sink.Delta.whole(dir.resolve("sales").toString()));
    assertThat(here.run(log).rows()).isEqualTo(1);
  }

  /** A room of the house, whether it is packed already or not. */
  private static boolean isOurs(String jar) {
    return jar.matches("(classes|millrace-).*");
  }

  private JsonNode job(Write write, String name) throws IOException {
    Path plan = dir.resolve(name + ".plan");
    try (OutputStream out = Files.newOutputStream(plan)) {
      PlanBytes.write(write, out);
    }
    Path job = dir.resolve(name + ".json");
    List<String> arguments = new ArrayList<>(arguments(job));
    arguments.add("--plan=" + plan);
    RunPlan.main(arguments.toArray(String[]::new));
    return new ObjectMapper().readTree(job.toFile());
  }

  /** The options of a job that is written to a file, and asks nobody for anything. */
  private static List<String> arguments(Path job) throws IOException {
    List<String> staged = List.of(classPath().split(File.pathSeparator, -1));
    return List.of(
        "--runner=DataflowRunner",
        "--project=millrace",
        "--region=europe-west1",
        "--jobName=sales",
        "--templateLocation=" + job,
        "--tempLocation=gs://millrace/temp",
        "--gcpTempLocation=gs://millrace/temp",
        "--stagingLocation=gs://millrace/staging",
        "--filesToStage=" + String.join(",", staged),
        "--stagerClass=" + NamedStager.class.getName(),
        "--pathValidatorClass=org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator",
        "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory");
  }

  /** A stream of sales into a log. */
  private Follow follow(Location stream) {
    Schema raw = SALES.and(List.of(new Column(Messages.COLUMN, Messages.TYPE)));
    Expect held =
        new Expect(
            "the sales",
            new Scan(stream, raw),
            List.of(Expectations.unique("shop", "sold_at").orQuarantine()),
            dir.resolve("aside").toString());
    Project kept =
        Project.of(
            "the sales",
            held,
            SALES.names().stream().map(NamedExpression::column).toList(),
            Optional.empty());
    return new Follow(
        "the sales",
        new Write(kept, Sink.Delta.whole(dir.resolve("log").toString())),
        "sold_at",
        Duration.ofDays(3),
        Duration.ofHours(1),
        List.of());
  }

  @Test
  void aStreamOfPubsubIsReadByDataflowItself() throws IOException {
    Location.Pubsub sales = Location.Pubsub.subscription("main", "sales", Messages.json());
    Path file = dir.resolve("stream.json");
    List<String> arguments = new ArrayList<>(arguments(file));
    arguments.add("--connections={\"pubsub.main.project\": \"millrace\"}");
    PipelineOptions options = RunnerOptions.parse(arguments);
    PubsubFeed feed = new PubsubFeed(sales.withIdAttribute("sale"), options);
    StreamPlan plan =
        new StreamStart(
                BeamEngine.on(options),
                (logId, goesOn) -> options,
                follow(sales),
                FollowSettings.at(dir.resolve("checkpoint").toString()))
            .plan(feed, Map.of());
    Pipeline pipeline = Pipeline.create(options);
    feed.read(pipeline, plan);
    PipelineResult unused = pipeline.run();

    JsonNode job = new ObjectMapper().readTree(file.toFile());
    assertThat(job.path("type").asText()).isEqualTo("JOB_TYPE_STREAMING");
    assertThat(steps(job))
        .contains(
            "ParallelRead Read sales/PubsubUnboundedSource",
            "ParallelDo Follow/Judge",
            "ParallelDo Follow/Agree messages",
            "ParallelDo Follow/Seen messages",
            "ParallelDo Follow/Seen 0",
            "ParallelDo Follow/Publish")
        .doesNotHaveDuplicates();
    assertThat(job.findValue("pubsub_subscription").path("value").asText())
        .isEqualTo("/subscriptions/millrace/sales");
  }

  private static List<String> steps(JsonNode job) {
    List<String> steps = new ArrayList<>();
    job.path("steps")
        .forEach(
            step ->
                steps.add(
                    step.path("kind").asText()
                        + " "
                        + step.at("/properties/user_name/value").asText()));
    return steps;
  }

  private static List<String> staged(JsonNode job) {
    List<String> staged = new ArrayList<>();
    job.at("/environment/workerPools/0/packages")
        .forEach(file -> staged.add(file.path("name").asText()));
    return staged;
  }

  @Test
  void equalPlansHaveEqualSteps() throws IOException {
    sales();
    JsonNode job = job(hourly("hourly"), "first");

    assertThat(steps(job))
        .contains(
            "ParallelDo 3 Scan/Read",
            "ParallelDo 2 Expect/Mark",
            "ParallelDo 2 Expect/Judge",
            "GroupByKey 1 Windows/Group",
            "ParallelDo 1 Windows/Values",
            "ParallelDo Write files",
            "ParallelDo Write commit")
        .doesNotHaveDuplicates();
    assertThat(steps(job(hourly("hourly"), "second"))).isEqualTo(steps(job));
  }

  @Test
  void workersGetTheEngineAndCatalystAndNoSession() throws IOException {
    sales();
    List<String> staged = staged(job(hourly("hourly"), "staged"));

    assertThat(staged)
        .filteredOn(DataflowJobTest::isOurs)
        .hasSameSizeAs(
            ClassPathJars.in(Path.of("target/runner.classpath")).names().stream()
                .filter(DataflowJobTest::isOurs)
                .toList())
        .hasSizeGreaterThan(3);
    assertThat(staged)
        .filteredOn(jar -> jar.startsWith("spark-"))
        .extracting(jar -> jar.replaceAll("_2\\.12-3\\.5\\.7.*", ""))
        .containsExactlyInAnyOrder(
            "spark-avro",
            "spark-catalyst",
            "spark-common-utils",
            "spark-core",
            "spark-network-common",
            "spark-sketch",
            "spark-sql",
            "spark-sql-api",
            "spark-tags",
            "spark-unsafe");
    assertThat(staged).doesNotHaveDuplicates();
  }

  @Test
  void workersOpenWhatTheLauncherOpens() throws IOException {
    sales();
    List<String> opened = new ArrayList<>();
    job(hourly("hourly"), "opened")
        .at("/environment/sdkPipelineOptions/options/jdkAddOpenModules")
        .forEach(module -> opened.add(module.asText()));

    assertThat(opened)
        .contains("java.base/java.nio=ALL-UNNAMED", "java.base/sun.nio.ch=ALL-UNNAMED")
        .hasSize(14);
  }

  @Test
  void whoWritesToIcebergPutsItBesideTheEngine() {
    BeamEngine here =
        BeamEngine.on(PipelineOptionsFactory.fromArgs("--runner=DirectRunner").create());
    Write write =
        new Write(
            new Scan(new Location.Memory("sales"), SALES),
            new Sink.Iceberg("lake.shop.sales", List.of()));
    assertThatThrownBy(() -> here.run(write))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot write iceberg lake.shop.sales: Iceberg is not on the class path. Put"
                + " iceberg-spark-runtime-3.5_2.12 and jackson-datatype-jsr310 there, for the"
                + " workers too.");
  }

  @Test
  void anOptionThatDataflowDoesNotKnowIsSaidAtLaunch() {
    assertThatThrownBy(
            () -> RunnerOptions.parse(List.of("--runner=DataflowRunner", "--flinkMaster=[local]")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("flinkMaster");
  }

  @Test
  void aRunWithoutAPlanIsSaidAtLaunch() {
    assertThatThrownBy(() -> RunPlan.main(new String[] {"--runner=DataflowRunner"}))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot run [--runner=DataflowRunner]: no plan is among them. Give the file of one with --plan=.");
  }
}
