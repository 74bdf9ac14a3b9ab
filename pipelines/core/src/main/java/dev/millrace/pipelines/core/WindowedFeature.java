package dev.millrace.pipelines.core;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.window.Window;
import java.io.Serializable;

/** A named aggregation over one window. */
public record WindowedFeature(String name, AggregateCall call, Window window)
    implements Serializable {
  @Override
  public String toString() {
    return call + " over [" + window + "] as " + name;
  }
}
