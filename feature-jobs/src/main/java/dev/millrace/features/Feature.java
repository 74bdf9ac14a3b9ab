package dev.millrace.features;

import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.window.Window;
import java.util.List;

/** One aggregation over several windows; each gives a value named {@code <feature>_<window>}. */
public record Feature(String name, AggregateCall call, List<Window> windows) {
  public Feature {
    Names.check("feature", name);
    windows = List.copyOf(windows);
  }

  List<WindowedFeature> values() {
    return windows.stream()
        .map(window -> new WindowedFeature(name + "_" + window.name(), call, window))
        .toList();
  }
}
