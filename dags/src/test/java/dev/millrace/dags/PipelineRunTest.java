package dev.millrace.dags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.features.Days;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.OnlineAudit;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.Gate;
import dev.millrace.registry.LineageNode;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import dev.millrace.training.CodeVersion;
import dev.millrace.transforms.problem.MillraceException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/**
 * The whole way on a few thousand made-up visits, on real Spark, Delta, Redis, Iceberg and ONNX
 * Runtime.
 */
class PipelineRunTest {
  private static SparkEngine engine;
  private static RedisServer redis;
  private static Sink.OnlineAddress online;

  @TempDir Path dir;
  private Registry registry;
  private Workspace workspace;

  @BeforeAll
  static void start() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    redis = RedisServer.newRedisServer().port(port).build();
    redis.start();
    online = new Sink.OnlineAddress("127.0.0.1", port);
    engine = SparkEngine.local(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
    redis.stop();
  }

  @BeforeEach
  void open() {
    registry = Registry.open(RegistryConfig.embedded(dir.resolve("registry")));
    workspace = new Workspace(dir.resolve("workspace").toString());
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private List<Task.Result> run(Pipeline pipeline) {
    PipelineRun run =
        new PipelineRun(
            engine, workspace, registry, online, new CodeVersion("abc", false), "tester");
    List<Task.Result> results = new ArrayList<>();
    pipeline.tasks().forEach(task -> results.add(run.run(task)));
    return results;
  }

  private Dataset<Row> table(String... place) {
    return engine.session().read().format("delta").load(workspace.path(place));
  }

  @Test
  void goesFromRowsToADriftReportAndASecondTimeChangesNothing() throws Exception {
    Pipeline pipeline =
        Visits.pipeline(Visits.write(engine, dir.resolve("data"), 0), Optional.empty());
    List<Task.Result> first = run(pipeline);
    assertThat(pipeline.tasks().stream().map(Task::id))
        .containsExactly(
            "ingest visits",
            "materialize shop_habits",
            "train big_spender",
            "score last_days",
            "watch big_spender_drift",
            "audit shop_habits");

    Task.Result.Trained trained = (Task.Result.Trained) first.get(2);
    assertThat(trained.report().version().details().metric("auc", "test").getAsDouble())
        .isGreaterThan(0.8);
    assertThat(trained.report().proof().orElseThrow().otherClasses()).isZero();
    assertThat(registry.resolve("big_spender@champion").details().code().commit()).isEqualTo("abc");

    Dataset<Row> predictions = table("scoring", "last_days", "predictions");
    assertThat(predictions.select("model_version").distinct().collectAsList())
        .map(row -> row.getString(0))
        .containsExactly("big_spender@1");
    assertThat(predictions.count())
        .isEqualTo(predictions.filter("score between 0 and 1").count())
        .isGreaterThan(500);

    Task.Result.Watched watched = (Task.Result.Watched) first.get(4);
    assertThat(Files.readString(watched.report().page())).contains("big_spender@1");
    assertThat(watched.report().drift().rows())
        .hasSize(pipeline.models().get(0).trainingSet().featureNames().size() + 1);
    OnlineAudit.Report audited = ((Task.Result.Audited) first.get(5)).report();
    assertThat(audited.entities()).isBetween(1L, Visits.SHOPS - 1L);
    assertThat(audited.values()).isEqualTo(3 * audited.entities());

    Set<LineageNode> known = registry.lineage().nodes();
    assertThat(
            registry
                .lineage()
                .upstream(LineageNode.parse("report:monitoring/big_spender_drift/drift.html"))
                .stream()
                .map(step -> step.node().toString().replaceFirst("@.*", "")))
        .contains(
            "predictions:scoring/last_days/predictions",
            "model:big_spender",
            "training-set:training/" + pipeline.models().get(0).trainingSet().name(),
            "feature-view:shop_habits",
            "table:sources/visits/events",
            "source:visits");
    assertThat(registry.lineage().impact("shop_habits", "").downstream())
        .extracting(step -> step.node().kind())
        .containsExactly(LineageNode.Kind.PREDICTIONS, LineageNode.Kind.REPORT);
    assertThat(registry.definitions())
        .extracting(each -> each.reference().kind())
        .containsExactly("drift watch", "feature view", "label", "scoring job", "training set");

    List<Row> before = predictions.orderBy("shop", "request_time").collectAsList();
    List<Task.Result> second = run(pipeline);
    assertThat(registry.lineage().nodes()).isEqualTo(known);
    assertThat(((Task.Result.Trained) second.get(2)).report().created()).isFalse();
    assertThat(((Task.Result.Ingested) second.get(0)).report().unchanged()).isTrue();
    assertThat(((Task.Result.Scored) second.get(3)).report().predictions().unchanged()).isTrue();
    assertThat(registry.versions("big_spender")).hasSize(1);
    assertThat(registry.aliasHistory("big_spender")).hasSize(1);
    assertThat(
            table("scoring", "last_days", "predictions")
                .orderBy("shop", "request_time")
                .collectAsList())
        .isEqualTo(before);
  }

  private Map<String, String> plan(Pipeline pipeline) {
    Map<String, String> lines = new LinkedHashMap<>();
    for (PipelinePlan.Step step : PipelinePlan.of(pipeline, engine, workspace, registry)) {
      lines.put(
          step.task().id(),
          step.partitions() + " of " + step.of() + " " + String.join("; ", step.why()));
    }
    return lines;
  }

  @Test
  void saysWhatARunWouldComputeAndWhy() throws Exception {
    String data = Visits.write(engine, dir.resolve("data"), 0);
    Pipeline pipeline = Visits.pipeline(data, Optional.empty());
    assertThat(plan(pipeline))
        .containsEntry("ingest visits", "1 of 1 never computed")
        .containsEntry("materialize shop_habits", "10 of 10 after ingest visits")
        .containsEntry("train big_spender", "1 of 1 after ingest visits")
        .containsEntry("score last_days", "1 of 1 after ingest visits; after train big_spender")
        .containsEntry("watch big_spender_drift", "1 of 1 after score last_days")
        .containsEntry("audit shop_habits", "1 of 1 after materialize shop_habits");
    run(pipeline);
    assertThat(plan(pipeline).values())
        .containsExactly("0 of 1 ", "0 of 10 ", "0 of 1 ", "0 of 1 ", "0 of 1 ", "0 of 1 ");

    Pipeline wider = Visits.pipeline(data, Optional.empty(), true);
    assertThat(plan(wider).values())
        .containsExactly(
            "0 of 1 ",
            "10 of 10 10 days: never computed",
            "1 of 1 written by another plan; invalidates big_spender@1 (champion), made with "
                + "another training set spenders, another feature view shop_habits",
            "1 of 1 after train big_spender",
            "1 of 1 after score last_days",
            "1 of 1 after materialize shop_habits");

    Visits.write(engine, dir.resolve("data"), 1);
    IngestJob ingest = new IngestJob(pipeline.views().get(0).source());
    Days ninth = Days.of(LocalDate.parse("2024-01-09"));
    engine.run(ingest.plan(workspace, ninth));
    assertThat(plan(pipeline))
        .containsEntry("ingest visits", "9 of 10 9 days: written by another plan");
    engine.run(ingest.plan(workspace, pipeline.schedule().events()));
    assertThat(plan(pipeline))
        .containsEntry("ingest visits", "0 of 10 ")
        .containsEntry("materialize shop_habits", "10 of 10 10 days: what it reads has changed")
        .containsEntry(
            "train big_spender",
            "1 of 1 what it reads has changed; "
                + "invalidates big_spender@1 (champion), made with earlier data");
  }

  @Test
  void namesTheVersionsOfOtherPipelinesWhereTheirViewIsAnotherNow() throws Exception {
    String data = Visits.write(engine, dir.resolve("data"), 0);
    Pipeline pipeline = Visits.pipeline(data, Optional.empty());
    FeatureView habits = pipeline.views().get(0);
    registry.register(
        ModelCandidate.named("elsewhere")
            .flavour("bytes")
            .input("shop", "string")
            .output("score", "double")
            .definition(
                new DefinitionReference("feature view", habits.name(), habits.fingerprint()),
                habits.canonical())
            .artifact(new byte[] {1})
            .author("tester")
            .build());
    int known = registry.lineage().nodes().size();
    assertThat(plan(pipeline))
        .containsEntry("materialize shop_habits", "10 of 10 after ingest visits");
    assertThat(plan(Visits.pipeline(data, Optional.empty(), true)))
        .containsEntry(
            "materialize shop_habits",
            "10 of 10 after ingest visits; "
                + "invalidates elsewhere@1, made with another feature view shop_habits")
        .containsEntry("train big_spender", "1 of 1 after ingest visits");
    assertThat(registry.lineage().nodes()).hasSize(known);
    assertThat(registry.versions()).hasSize(1);
  }

  @Test
  void onlineValuesAreTheOfflineOnes() throws Exception {
    Pipeline pipeline =
        Visits.pipeline(Visits.write(engine, dir.resolve("data"), 0), Optional.empty());
    PipelineRun run =
        new PipelineRun(
            engine, workspace, registry, online, new CodeVersion("abc", false), "tester");
    pipeline.tasks().subList(0, 2).forEach(run::run);
    try (FeatureReader reader =
        FeatureReader.connect(online, Duration.ofSeconds(5), pipeline.views())) {
      OnlineAudit.Report audit =
          new OnlineAudit(pipeline.views().get(0), pipeline.schedule().end())
              .run(engine, workspace, reader);
      assertThat(audit.entities()).isEqualTo(Visits.SHOPS);
      assertThat(audit.differences()).isEmpty();
    }
  }

  @Test
  void anAuditFailsWhereTheStoreHasLostAnEntity() throws Exception {
    Pipeline pipeline =
        Visits.pipeline(Visits.write(engine, dir.resolve("data"), 0), Optional.empty());
    PipelineRun run =
        new PipelineRun(
            engine, workspace, registry, online, new CodeVersion("abc", false), "tester");
    List<Task> tasks = pipeline.tasks();
    tasks.subList(0, 2).forEach(run::run);
    Task.Result.Audited whole = (Task.Result.Audited) run.run(tasks.get(5));
    try (OnlineStore store =
        OnlineStore.connect(RedisSettings.ofJob(online.host(), online.port()))) {
      store.clear(pipeline.views().get(0).space());
    }
    assertThatThrownBy(() -> run.run(tasks.get(5)))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "The online values of feature view 'shop_habits' are not those of its log: "
                + whole.report().values()
                + " of "
                + whole.report().values()
                + " values at 2024-01-11T00:00:00Z differ, the first of which is avg_spent_1d of {shop=")
        .hasMessageContaining("}: null online, ")
        .hasMessageEndingWith(
            " offline. Load the online store again, and see who else writes there.");
  }

  @Test
  void aNewFeatureMakesANewVersionAndARollbackStands() throws Exception {
    String data = Visits.write(engine, dir.resolve("data"), 0);
    run(Visits.pipeline(data, Optional.empty()));
    Pipeline wider = Visits.pipeline(data, Optional.empty(), true);
    run(wider);
    assertThat(registry.alias("big_spender", "champion")).contains(2);
    assertThat(table("scoring", "last_days", "predictions").columns())
        .contains("shop_habits__most_1d");

    registry.promote("big_spender", "champion", 1, 2, "the new one is worse", "operator");
    run(wider);
    assertThat(registry.alias("big_spender", "champion")).contains(1);
    assertThat(registry.versions("big_spender")).hasSize(2);
  }

  @Test
  void aReadBeforeTheLoadIsRefused() throws Exception {
    Pipeline pipeline =
        Visits.pipeline(Visits.write(engine, dir.resolve("data"), 0), Optional.empty());
    PipelineRun run =
        new PipelineRun(
            engine, workspace, registry, online, new CodeVersion("abc", false), "tester");
    pipeline.tasks().subList(0, 2).forEach(run::run);
    try (FeatureReader reader =
        FeatureReader.connect(online, Duration.ofSeconds(5), pipeline.views())) {
      assertThatThrownBy(
              () -> reader.read(Map.of("shop", "shop1"), pipeline.schedule().end().minusSeconds(1)))
          .hasMessage(
              "Cannot read feature view 'shop_habits' at 2024-01-10T23:59:59Z: the online store was loaded up to "
                  + "2024-01-11T00:00:00Z, and its tiles hold events until then. "
                  + "Ask for that time or a later one, or read the offline table.");
    }
  }

  @Test
  void plantedFutureRowsNeverShow() throws Exception {
    Pipeline honest =
        Visits.pipeline(Visits.write(engine, dir.resolve("honest"), 0), Optional.empty());
    Pipeline planted =
        Visits.pipeline(Visits.write(engine, dir.resolve("planted"), 500), Optional.empty());
    Workspace other = new Workspace(dir.resolve("other").toString());
    List<Row> without = trainingRows(honest, workspace);
    List<Row> with = trainingRows(planted, other);
    assertThat(without).hasSizeGreaterThan(1000);
    assertThat(with).isEqualTo(without);
  }

  /** The training set's rows before the time from which future rows are planted. */
  private List<Row> trainingRows(Pipeline pipeline, Workspace where) {
    new dev.millrace.features.IngestJob(pipeline.views().get(0).source()).run(engine, where);
    String table = engine.run(pipeline.models().get(0).trainingSet().write(where)).location();
    return engine
        .session()
        .read()
        .format("delta")
        .load(table)
        .filter("request_time < timestamp'" + Visits.PLANTED_FROM + "'")
        .orderBy("shop", "request_time")
        .collectAsList();
  }

  @Test
  void aModelBelowItsGateIsNotRegistered() throws Exception {
    Pipeline pipeline =
        Visits.pipeline(
            Visits.write(engine, dir.resolve("data"), 0),
            Optional.of(Gate.atLeast("auc", "test", 1.01)));
    assertThatThrownBy(() -> run(pipeline))
        .hasMessageStartingWith("model 'big_spender' does not pass its gate: test auc is 0.")
        .hasMessageEndingWith(
            ", and 'test auc >= 1.01' is asked for. Nothing was registered. "
                + "Improve the features, or lower the gate if it asks too much.");
    assertThat(registry.models()).isEmpty();
  }
}
