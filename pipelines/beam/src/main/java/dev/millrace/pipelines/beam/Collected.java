package dev.millrace.pipelines.beam;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * What a pipeline gives back to who runs it: one file each of a folder that both see, written by
 * one worker. For what fits in one process.
 */
final class Collected {
  private static final String KEY = "";

  private final String folder;

  private Collected(String folder) {
    this.folder = folder;
  }

  /** Work with what is given back. */
  interface Work<T> {
    T with(Collected back);
  }

  /** Work with a folder of its own, which is where the options say, or of this machine. */
  static <T> T by(PipelineOptions options, Work<T> work) {
    String shared = options.getTempLocation();
    try {
      Path folder = shared == null ? Files.createTempDirectory("millrace-beam") : null;
      String name = folder == null ? shared + "/" + UUID.randomUUID() : folder.toString();
      try {
        return work.with(new Collected(name));
      } finally {
        if (folder != null) {
          delete(folder);
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  <T> void write(PCollection<T> results, String name) {
    Coder<T> coder = results.getCoder();
    results
        .apply(
            "Side by side " + name,
            WithKeys.<String, T>of(KEY).withKeyType(TypeDescriptors.strings()))
        .apply("Gather " + name, GroupByKey.create())
        .apply("Give back " + name, ParDo.of(new WriteFn<>(coder, file(name))));
  }

  <T> List<T> read(String name, Coder<T> coder) {
    List<T> results = new ArrayList<>();
    try {
      MatchResult found = FileSystems.match(file(name), EmptyMatchTreatment.ALLOW);
      for (MatchResult.Metadata file : found.metadata()) {
        try (InputStream in =
            new BufferedInputStream(Channels.newInputStream(FileSystems.open(file.resourceId())))) {
          in.mark(1);
          while (in.read() >= 0) {
            in.reset();
            results.add(coder.decode(in));
            in.mark(1);
          }
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return results;
  }

  private String file(String name) {
    return folder + "/" + name;
  }

  static final class WriteFn<T> extends DoFn<KV<String, Iterable<T>>, Void> {
    private static final long serialVersionUID = 1L;

    private final Coder<T> coder;
    private final String file;

    WriteFn(Coder<T> coder, String file) {
      this.coder = coder;
      this.file = file;
    }

    @ProcessElement
    public void process(@Element KV<String, Iterable<T>> results) throws IOException {
      try (OutputStream out =
          new BufferedOutputStream(
              Channels.newOutputStream(
                  FileSystems.create(
                      FileSystems.matchNewResource(file, false), "application/octet-stream")))) {
        for (T result : results.getValue()) {
          coder.encode(result, out);
        }
      }
    }
  }
}
