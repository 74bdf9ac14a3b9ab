package dev.millrace.registry;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.transforms.problem.Problem;
import io.openlineage.client.Clients;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClient;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.OpenLineageConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs as OpenLineage events, sent in the background: a start and an end for each, with the
 * versions of what was read and made. Where they cannot be sent, or not as fast as runs end, they
 * are let go of with a line in the log: a run is neither failed nor slowed by them. The registry's
 * own record is complete.
 */
final class LineageEvents implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LineageEvents.class.getName());
  private static final URI PRODUCER = URI.create("https://millrace.dev");
  private static final int WAITING = 1000;
  private static final long LAST_SECONDS = 5;

  private final OpenLineage format = new OpenLineage(PRODUCER);
  private final OpenLineageClient client;
  private final String namespace;
  private final Function<LineageNode, Optional<ModelVersion>> models;
  private final ThreadPoolExecutor sender =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          work -> {
            Thread thread = new Thread(work, "millrace-openlineage");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * The events of a registry.
   *
   * @param configuration an {@code openlineage.yml}
   * @param namespace the registry's name, which jobs and datasets are named in
   * @param models finds a version, for the facet of a model
   */
  LineageEvents(
      Path configuration, String namespace, Function<LineageNode, Optional<ModelVersion>> models) {
    this.namespace = namespace;
    this.models = models;
    try (InputStream in = Files.newInputStream(configuration)) {
      OpenLineageConfig<?> config =
          OpenLineageClientUtils.loadOpenLineageConfigYaml(
              in, new TypeReference<OpenLineageConfig<?>>() {});
      this.client = Clients.newClient(config);
    } catch (IOException | RuntimeException failure) {
      throw new RegistryException(
          new Problem(
              "Cannot send lineage events as '" + configuration + "' says",
              String.valueOf(failure.getMessage()),
              "Write a configuration of OpenLineage's client, such as 'transport: {type: file, location:"
                  + " events.jsonl}'."),
          failure);
    }
  }

  /** Sends a run, some time. */
  void send(LineageRun run) {
    try {
      sender.execute(
          () -> {
            try {
              client.emit(event(run, OpenLineage.RunEvent.EventType.START, run.start()));
              client.emit(event(run, OpenLineage.RunEvent.EventType.COMPLETE, run.end()));
            } catch (RuntimeException failure) {
              LOG.log(Level.WARNING, "The lineage event of '" + run.job() + "' is lost", failure);
            }
          });
    } catch (RejectedExecutionException full) {
      LOG.log(
          Level.WARNING,
          "The lineage event of ''{0}'' is lost: {1} others wait to be sent",
          new Object[] {run.job(), WAITING});
    }
  }

  private OpenLineage.RunEvent event(
      LineageRun run, OpenLineage.RunEvent.EventType type, Instant at) {
    return format
        .newRunEventBuilder()
        .eventType(type)
        .eventTime(at.atZone(ZoneOffset.UTC))
        .run(format.newRun(UUID.fromString(run.id()), format.newRunFacetsBuilder().build()))
        .job(format.newJob(namespace, run.job(), format.newJobFacetsBuilder().build()))
        .inputs(
            run.inputs().stream()
                .map(node -> format.newInputDataset(namespace, name(node), facets(node), null))
                .toList())
        .outputs(
            run.outputs().stream()
                .map(node -> format.newOutputDataset(namespace, name(node), facets(node), null))
                .toList())
        .build();
  }

  private static String name(LineageNode node) {
    return node.kind().text() + ":" + node.name();
  }

  private OpenLineage.DatasetFacets facets(LineageNode node) {
    OpenLineage.DatasetFacetsBuilder facets = format.newDatasetFacetsBuilder();
    if (!node.version().isEmpty()) {
      facets.version(format.newDatasetVersionDatasetFacet(node.version()));
    }
    if (node.kind() == LineageNode.Kind.MODEL) {
      models.apply(node).ifPresent(version -> facets.put("millrace_model", model(version)));
    }
    return facets.build();
  }

  private OpenLineage.DatasetFacet model(ModelVersion version) {
    OpenLineage.DatasetFacet facet = format.newDatasetFacet();
    facet
        .getAdditionalProperties()
        .putAll(
            Map.of(
                "name", version.name(),
                "version", version.version(),
                "flavour", version.details().flavour(),
                "contentFingerprint", version.contentFingerprint(),
                "artifactSha256", version.artifact().digest().sha256(),
                "codeCommit", version.details().code().commit(),
                "inputs",
                    List.copyOf(
                        version.signature().inputs().stream().map(SignatureField::name).toList())));
    return facet;
  }

  /** Sends what is waiting, for a few seconds at most. */
  @Override
  public void close() {
    sender.shutdown();
    try {
      if (!sender.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(
            Level.WARNING,
            "{0} lineage events are lost: they were not taken within {1} seconds",
            new Object[] {sender.shutdownNow().size() + 1, LAST_SECONDS});
      }
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception failure) {
      LOG.log(Level.WARNING, "OpenLineage's client did not close", failure);
    }
  }
}
