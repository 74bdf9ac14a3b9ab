package dev.millrace.pipelines.beam;

import com.google.api.services.dataflow.model.DataflowPackage;
import java.util.List;
import org.apache.beam.runners.dataflow.util.PackageUtil.StagedFile;
import org.apache.beam.runners.dataflow.util.Stager;
import org.apache.beam.sdk.options.PipelineOptions;

/** Names what would be staged, and sends nothing. Public, for Dataflow makes it. */
public final class NamedStager implements Stager {
  private NamedStager() {}

  /** As Dataflow asks for one. */
  public static NamedStager fromOptions(PipelineOptions options) {
    return new NamedStager();
  }

  @Override
  public List<DataflowPackage> stageFiles(List<StagedFile> files) {
    return files.stream().map(file -> named(file.getDestination())).toList();
  }

  @Override
  public DataflowPackage stageToFile(byte[] bytes, String name) {
    return named(name);
  }

  private static DataflowPackage named(String name) {
    return new DataflowPackage().setName(name).setLocation("gs://millrace/staging/" + name);
  }
}
