package dev.millrace.dags;

import dev.millrace.features.FeatureView;
import dev.millrace.features.MaterializeJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.Lineage;
import dev.millrace.registry.LineageNode;
import dev.millrace.registry.LineageNode.Kind;
import dev.millrace.registry.LineageRun;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.scoring.DriftWatch;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.transforms.bytes.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the tasks of a pipeline read and made, for the registry. A run is named by what it read and
 * made: one that finds its work done is the run that did it, and is recorded if that was killed
 * before it was.
 */
final class PipelineLineage implements Task.ResultVisitor<Void> {
  private final Workspace workspace;
  private final Registry registry;
  private final String author;
  private final Instant start;

  /**
   * The lineage of a task that has just ended.
   *
   * @param start when it began
   */
  PipelineLineage(Workspace workspace, Registry registry, String author, Instant start) {
    this.workspace = workspace;
    this.registry = registry;
    this.author = author;
    this.start = start;
  }

  @Override
  public Void visit(Task.Result.Ingested ingested) {
    String source = ingested.job().source().name();
    Collection<String> versions = ingested.report().read().values();
    String version = versions.size() == 1 ? versions.iterator().next() : "";
    record(
        "ingest " + source,
        List.of(new LineageNode(Kind.SOURCE, source, version)),
        table(Kind.TABLE, ingested.job().log(workspace), ingested.report()),
        rows(ingested.report()));
    return null;
  }

  @Override
  public Void visit(Task.Result.Materialized materialized) {
    FeatureView view = materialized.job().view();
    define("feature view", view.name(), view.canonical());
    WriteReport offline = materialized.report().offline();
    List<LineageNode> inputs = new ArrayList<>(read(offline));
    inputs.add(new LineageNode(Kind.FEATURE_VIEW, view.name(), view.fingerprint()));
    record(
        "materialize " + view.name(),
        inputs,
        table(Kind.TABLE, MaterializeJob.table(view, workspace), offline),
        rows(offline));
    return null;
  }

  @Override
  public Void visit(Task.Result.Trained trained) {
    ModelVersion version = trained.report().version();
    List<LineageNode> madeOf = Lineage.madeOf(version);
    List<LineageNode> sets =
        madeOf.stream().filter(node -> node.kind() == Kind.TRAINING_SET).toList();
    List<LineageNode> inputs =
        madeOf.stream().filter(node -> node.kind() != Kind.TRAINING_SET).toList();
    for (LineageNode set : sets) {
      record(
          "training set " + trained.model().trainingSet().name(),
          inputs,
          set,
          rows(trained.report().trainingSet()));
    }
    record("train " + version.name(), sets, Lineage.node(version), Map.of());
    return null;
  }

  @Override
  public Void visit(Task.Result.Scored scored) {
    ScoringJob job = scored.job();
    define("scoring job", job.name(), job.canonical());
    WriteReport predictions = scored.report().predictions();
    List<LineageNode> inputs = new ArrayList<>(read(predictions));
    inputs.add(Lineage.node(scored.report().version()));
    record(
        "score " + job.name(),
        inputs,
        table(Kind.PREDICTIONS, job.table(workspace), predictions),
        rows(predictions));
    return null;
  }

  @Override
  public Void visit(Task.Result.Watched watched) {
    DriftWatch watch = watched.watch();
    define("drift watch", watch.name(), watch.canonical());
    ScoringJob.Report scored = watched.report().scored();
    record(
        "watch " + watch.name(),
        List.of(
            table(Kind.PREDICTIONS, watch.scoring().table(workspace), scored.predictions()),
            Lineage.node(scored.version())),
        new LineageNode(
            Kind.REPORT,
            relative(watched.report().page().toString()),
            scored.predictions().version()),
        Map.of());
    return null;
  }

  @Override
  public Void visit(Task.Result.Audited audited) {
    return null;
  }

  private void define(String kind, String name, String text) {
    registry.define(new DefinitionReference(kind, name, Digest.sha256(text)), text, author);
  }

  private void record(
      String job, List<LineageNode> inputs, LineageNode output, Map<String, String> facts) {
    String id =
        UUID.nameUUIDFromBytes((job + inputs + output).getBytes(StandardCharsets.UTF_8)).toString();
    registry.record(new LineageRun(id, job, start, Instant.now(), inputs, List.of(output), facts));
  }

  private LineageNode table(Kind kind, String location, WriteReport written) {
    return new LineageNode(kind, relative(location), written.version());
  }

  /** Tables of the workspace that rows were made of; those of elsewhere are a source's. */
  private List<LineageNode> read(WriteReport written) {
    return written.read().entrySet().stream()
        .filter(each -> each.getKey().startsWith("delta "))
        .map(
            each ->
                new LineageNode(
                    Kind.TABLE,
                    relative(each.getKey().substring("delta ".length())),
                    each.getValue()))
        .sorted(java.util.Comparator.comparing(LineageNode::toString))
        .toList();
  }

  private String relative(String location) {
    String root = workspace.root() + "/";
    return location.startsWith(root) ? location.substring(root.length()) : location;
  }

  private static Map<String, String> rows(WriteReport written) {
    return Map.of("rows", Long.toString(written.rows()));
  }
}
