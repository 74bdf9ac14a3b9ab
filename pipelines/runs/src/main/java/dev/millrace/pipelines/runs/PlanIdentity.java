package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.PlanPrinter;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.bytes.Digest;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a run would do and read: equal for runs that would write the same rows.
 *
 * @param plan a digest of the plan's content and of where in the sink its rows go
 * @param data a digest of what its sources hold now
 */
public record PlanIdentity(String plan, String data) {
  public static PlanIdentity of(Node node, Sink.Delta sink, Function<Scan, String> versions) {
    return of(node, sink.partitionBy() + " " + sink.interval(), versions);
  }

  public static PlanIdentity of(Node node, String target, Function<Scan, String> versions) {
    String sources =
        PlanNodes.of(node, Scan.class).stream()
            .map(scan -> scan.location() + " " + versions.apply(scan) + "\n")
            .collect(Collectors.joining());
    return new PlanIdentity(
        Digest.sha256(PlanPrinter.print(node) + "\n" + target), Digest.sha256(sources));
  }

  /** One word for both. */
  public String digest() {
    return Digest.sha256(plan + data);
  }
}
