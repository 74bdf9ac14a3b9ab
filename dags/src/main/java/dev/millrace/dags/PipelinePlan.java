package dev.millrace.dags;

import dev.millrace.features.IngestJob;
import dev.millrace.features.Schedule;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.registry.Registry;
import dev.millrace.training.CodeVersion;
import dev.millrace.training.TrainingJob;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run of a pipeline would compute, task by task, and why. Nothing is computed to find out.
 */
public final class PipelinePlan {
  /**
   * What is to be done for a task.
   *
   * @param partitions how many a run would compute; 0 where all is current
   * @param of how many there are in all
   * @param why one reason after the other, and the model versions that are invalid then; empty
   *     where all is current
   */
  public record Step(Task task, int partitions, int of, List<String> why) {
    public Step {
      why = List.copyOf(why);
    }

    public boolean isCurrent() {
      return partitions == 0;
    }

    /** The same, with what it invalidates if there is anything to be done. */
    private Step invalidating(Supplier<List<String>> stale) {
      return isCurrent()
          ? this
          : new Step(
              task, partitions, of, Stream.concat(why.stream(), stale.get().stream()).toList());
    }
  }

  private final Schedule schedule;
  private final Engine engine;
  private final Workspace workspace;
  private final Registry registry;
  private final StaleVersions stale;
  private final Set<String> changed = new LinkedHashSet<>();

  private PipelinePlan(Pipeline pipeline, Engine engine, Workspace workspace, Registry registry) {
    this.schedule = pipeline.schedule();
    this.engine = engine;
    this.workspace = workspace;
    this.registry = registry;
    this.stale = new StaleVersions(pipeline, registry);
  }

  /** The steps of every task, in order. */
  public static List<Step> of(
      Pipeline pipeline, Engine engine, Workspace workspace, Registry registry) {
    PipelinePlan plan = new PipelinePlan(pipeline, engine, workspace, registry);
    List<Step> steps = new ArrayList<>();
    for (Task task : pipeline.tasks()) {
      Step step = plan.step(task);
      if (!step.isCurrent()) {
        plan.changed.add(task.id());
      }
      steps.add(step);
    }
    return steps;
  }

  private Step step(Task task) {
    List<String> before =
        task.after().stream().filter(changed::contains).map(id -> "after " + id).toList();
    return task.accept(
        new Task.Visitor<Step>() {
          @Override
          public Step visit(Task.Ingest ingest) {
            return ingest(ingest);
          }

          @Override
          public Step visit(Task.Materialize materialize) {
            Map<LocalDate, Standing> days = materialize.job().standing(engine, workspace);
            Step step =
                before.isEmpty()
                    ? byDays(materialize, days.values())
                    : new Step(materialize, days.size(), days.size(), before);
            return step.invalidating(() -> stale.of(materialize.view()));
          }

          @Override
          public Step visit(Task.Train train) {
            TrainingJob job = new TrainingJob(train.model(), new CodeVersion("", false), "");
            Step step =
                whole(
                    train,
                    before,
                    before.isEmpty()
                        ? job.standing(engine, workspace, registry)
                        : Standing.DATA_CHANGED);
            return step.invalidating(() -> stale.of(job));
          }

          @Override
          public Step visit(Task.Score score) {
            return whole(
                score,
                before,
                before.isEmpty()
                    ? score.job().standing(engine, workspace, registry)
                    : Standing.DATA_CHANGED);
          }

          @Override
          public Step visit(Task.Watch watch) {
            return whole(watch, before, Standing.CURRENT);
          }

          @Override
          public Step visit(Task.Audit audit) {
            return whole(audit, before, Standing.CURRENT);
          }
        });
  }

  /** A log that is brought in by days is held against the days of the schedule. */
  private Step ingest(Task.Ingest ingest) {
    IngestJob job = new IngestJob(ingest.source());
    Standing whole = engine.standing(List.of(job.plan(workspace))).get(0);
    if (whole == Standing.DEFINITION_CHANGED) {
      List<Standing> days = engine.standing(job.plan(workspace, schedule.events()).units());
      if (days.contains(Standing.CURRENT) || days.contains(Standing.DATA_CHANGED)) {
        return byDays(ingest, days);
      }
    }
    return whole(ingest, List.of(), whole);
  }

  private static Step byDays(Task task, Collection<Standing> days) {
    Map<Standing, Integer> counts = count(days);
    List<String> why =
        counts.entrySet().stream()
            .filter(each -> each.getKey() != Standing.CURRENT)
            .map(each -> each.getValue() + " days: " + reason(each.getKey()))
            .toList();
    return new Step(task, days.size() - counts.getOrDefault(Standing.CURRENT, 0), days.size(), why);
  }

  private static Step whole(Task task, List<String> before, Standing standing) {
    if (!before.isEmpty()) {
      return new Step(task, 1, 1, before);
    }
    return standing == Standing.CURRENT
        ? new Step(task, 0, 1, List.of())
        : new Step(task, 1, 1, List.of(reason(standing)));
  }

  private static Map<Standing, Integer> count(Collection<Standing> standings) {
    return standings.stream()
        .collect(
            Collectors.toMap(
                each -> each, each -> 1, Integer::sum, () -> new EnumMap<>(Standing.class)));
  }

  private static String reason(Standing standing) {
    return switch (standing) {
      case CURRENT -> "current";
      case MISSING -> "never computed";
      case DEFINITION_CHANGED -> "written by another plan";
      case DATA_CHANGED -> "what it reads has changed";
    };
  }
}
