package dev.millrace.cli;

import dev.millrace.pipelines.spark.SparkEngine;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a bar of the engine's tasks while a step runs, where the launcher found a terminal. */
final class Progress {
  private Progress() {}

  static <T> T during(String step, SparkEngine engine, Callable<T> work) throws Exception {
    if (!Boolean.getBoolean("millrace.terminal")) {
      return work.call();
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("  " + step)
            .setInitialMax(1)
            .setUnit(" tasks", 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .build()) {
      engine.onProgress(
          (done, total) -> {
            bar.maxHint(total);
            bar.stepTo(done);
          });
      return work.call();
    } finally {
      engine.onProgress((done, total) -> {});
    }
  }
}
