package dev.millrace.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints measurements as a table and writes them as JSON. */
public final class Results {
  private Results() {}

  public static void print(List<Measurement> measurements, PrintStream out) {
    out.println(
        String.format(
            Locale.ROOT, "%-76s %12s %12s %8s %8s", "work", "ours", "peer", "ratio", "bound"));
    measurements.forEach(each -> out.println(each.toRow()));
  }

  /** Writes an array of {@code {work, ours, peer, ratio, bound, holds}}. */
  public static void write(List<Measurement> measurements, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(
        file,
        measurements.stream()
            .map(Measurement::toJson)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
  }
}
