package dev.millrace.registry;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One run of a job: what it read and what it made of it.
 *
 * @param id a UUID; a run that is recorded again under it is recorded once
 * @param job the job, such as {@code train late_flight}
 * @param start when it began
 * @param end when it ended
 * @param inputs what it read
 * @param outputs what it made
 * @param facts what else is worth knowing, such as how many rows
 */
public record LineageRun(
    String id,
    String job,
    Instant start,
    Instant end,
    List<LineageNode> inputs,
    List<LineageNode> outputs,
    Map<String, String> facts) {
  public LineageRun {
    Names.checkText("job of a run", job);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    facts = Map.copyOf(facts);
  }
}
