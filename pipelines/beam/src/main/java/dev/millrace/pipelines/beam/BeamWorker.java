package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.PlanBytes;
import dev.millrace.transforms.problem.MillraceException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The other end of {@link BeamProcess}: answers one request after another until there is none. */
public final class BeamWorker {
  private final BeamEngine engine;
  private final Queue<StreamNews.Done> batches = new ConcurrentLinkedQueue<>();
  private @Nullable StreamFollowing following;

  private BeamWorker(BeamEngine engine) {
    this.engine = engine;
  }

  Engine engine() {
    return engine;
  }

  void begin(Follow follow, FollowSettings settings) {
    following =
        (StreamFollowing)
            engine.follow(follow, settings, batch -> batches.add(StreamNews.Done.of(batch)));
  }

  /**
   * What the stream did since.
   *
   * @throws MillraceException of what stopped it
   */
  StreamNews look() {
    boolean drained = Objects.requireNonNull(following).isDrained();
    List<StreamNews.Done> news = new ArrayList<>();
    for (StreamNews.Done each = batches.poll(); each != null; each = batches.poll()) {
      news.add(each);
    }
    return new StreamNews(news, drained);
  }

  void stop() {
    if (following != null) {
      following.close();
      following = null;
    }
  }

  /**
   * Runs it.
   *
   * @param arguments Beam's options
   */
  public static void main(String[] arguments) throws IOException {
    InputStream requests = new BufferedInputStream(System.in);
    OutputStream answers = new BufferedOutputStream(System.out);
    // What libraries print must not come between the answers.
    System.setOut(new PrintStream(System.err, true, StandardCharsets.UTF_8));
    BeamEngine engine;
    try {
      engine = BeamEngine.of(List.of(arguments));
    } catch (RuntimeException failure) {
      answer(failed(failure), answers);
      return;
    }
    answer(true, answers);
    BeamWorker worker = new BeamWorker(engine);
    while (true) {
      BeamProcess.Request request;
      try {
        request = (BeamProcess.Request) PlanBytes.read(requests);
      } catch (EOFException done) {
        worker.stop();
        engine.close();
        // Runners leave threads behind that would keep the process alive.
        System.exit(0);
        return;
      }
      Serializable answer;
      try {
        answer = Objects.requireNonNull(request.of(worker));
      } catch (RuntimeException failure) {
        answer = failed(failure);
      }
      answer(answer, answers);
    }
  }

  private static void answer(Serializable value, OutputStream out) throws IOException {
    PlanBytes.write(value, out);
    out.flush();
  }

  private static BeamProcess.Failed failed(RuntimeException failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return new BeamProcess.Failed(
        failure instanceof MillraceException,
        String.valueOf(failure.getMessage()),
        trace.toString());
  }
}
