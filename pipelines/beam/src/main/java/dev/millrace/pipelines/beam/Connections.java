package dev.millrace.pipelines.beam;

import dev.millrace.transforms.problem.MillraceException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** How servers are reached; definitions name connections, and the options say what they are. */
public final class Connections {
  private Connections() {}

  /** Makes the options known to Beam. */
  public static final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return java.util.List.of(ConnectionOptions.class);
    }
  }

  /**
   * The settings of a connection.
   *
   * @param required one that there must be
   */
  static Map<String, String> of(
      PipelineOptions options, String kind, String name, String required) {
    String prefix = kind + "." + name + ".";
    Map<String, String> all = options.as(ConnectionOptions.class).getConnections();
    Map<String, String> found = new TreeMap<>();
    if (all != null) {
      all.forEach(
          (setting, value) -> {
            if (setting.startsWith(prefix)) {
              found.put(setting.substring(prefix.length()), value);
            }
          });
    }
    if (!found.containsKey(required)) {
      throw MillraceException.because(
          "Cannot connect to " + kind + " '" + name + "'",
          "the options do not say where it is",
          "Give --connections={\"" + prefix + required + "\": ...}");
    }
    return found;
  }
}
