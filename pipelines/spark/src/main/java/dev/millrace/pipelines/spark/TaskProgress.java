package dev.millrace.pipelines.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Counts Spark's tasks. */
final class TaskProgress extends SparkListener {
  private SparkEngine.ProgressListener listener = (done, total) -> {};
  private long done;
  private long total;

  synchronized void tell(SparkEngine.ProgressListener next) {
    listener = next;
    done = 0;
    total = 0;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    total += submitted.stageInfo().numTasks();
    listener.progress(done, total);
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    done++;
    listener.progress(done, Math.max(done, total));
  }
}
