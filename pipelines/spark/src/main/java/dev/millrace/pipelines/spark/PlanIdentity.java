package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanPrinter;
import dev.millrace.pipelines.core.Scans;
import dev.millrace.transforms.bytes.Digest;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A digest of a plan's content and of what its sources hold now. */
final class PlanIdentity {
  private PlanIdentity() {}

  static String of(Node node, Function<Location, String> versions, String target) {
    String sources =
        Scans.of(node).stream()
            .map(scan -> scan.location() + " " + versions.apply(scan.location()) + "\n")
            .collect(Collectors.joining());
    return Digest.sha256(PlanPrinter.print(node) + "\n" + sources + "\n" + target);
  }
}
