package dev.millrace.pipelines.beam;

import java.util.Map;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** Where the servers are that definitions call by a name. */
public interface ConnectionOptions extends PipelineOptions {
  /** Settings of clients, each with the kind and the name of its connection before it. */
  @Description(
      "Where servers are: {\"kafka.main.bootstrap.servers\": \"host:9092\"}; definitions name them.")
  @Nullable Map<String, String> getConnections();

  void setConnections(@Nullable Map<String, String> connections);
}
