package dev.millrace.benchmarks.pit;

import dev.millrace.transforms.window.Window;
import java.util.List;

/**
 * What is asked: of each label, the latest value before it, and count, average, least and greatest
 * over windows behind it; exact ones, where others are to answer too.
 *
 * @param events Parquet of {@code k string, t timestamp, x double}
 * @param labels Parquet of {@code k string, t timestamp}
 * @param windows none where the latest value alone is asked for
 */
record Question(String events, String labels, List<Window> windows) {
  Question {
    windows = List.copyOf(windows);
  }
}
