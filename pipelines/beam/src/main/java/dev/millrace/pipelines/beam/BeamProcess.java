package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.PlanBytes;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Beam engine in a process of its own, whose class path has one runner: runners bring libraries
 * that differ from Spark's and from each other's. Plans go there and reports come back over its
 * standard input and output; what it logs goes to a file.
 */
public final class BeamProcess implements Engine {
  private final Process process;
  private final OutputStream requests;
  private final InputStream answers;
  private final Path log;

  private BeamProcess(Process process, Path log) {
    this.process = process;
    this.requests = new BufferedOutputStream(process.getOutputStream());
    this.answers = new BufferedInputStream(process.getInputStream());
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param java the command and its options, the class path among them
   * @param options of Beam and of the runner, such as {@code --runner=FlinkRunner}
   * @param log what it says goes there
   * @throws MillraceException where it cannot be started, or the runner does not know an option
   */
  public static BeamProcess start(List<String> java, List<String> options, Path log) {
    List<String> command = new ArrayList<>(java);
    command.add(BeamWorker.class.getName());
    command.addAll(options);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      BeamProcess engine = new BeamProcess(process, log);
      var ready = (Boolean) engine.answer();
      if (!ready) {
        throw engine.ended(null);
      }
      return engine;
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot start the Beam engine", String.valueOf(failure.getMessage()), "See " + log);
    }
  }

  /** What is asked of the engine. */
  sealed interface Request extends Serializable {
    /** Asks it. */
    @Nullable Serializable of(BeamWorker worker);

    record Run(Write write) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.engine().run(write);
      }
    }

    record Begin(Follow follow, FollowSettings settings) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        worker.begin(follow, settings);
        return true;
      }
    }

    record Look() implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.look();
      }
    }

    record Stop() implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        worker.stop();
        return true;
      }
    }

    record Collect(Node node) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.engine().collect(node);
      }
    }

    record Stand(ArrayList<Write> writes) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return new ArrayList<>(worker.engine().standing(writes));
      }
    }

    record Last(Location.DeltaTable table, Location.DeltaTable aside) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return new ArrayList<>(worker.engine().lastRun(table, aside).stream().toList());
      }
    }

    record Runs(Location.DeltaTable table) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return new ArrayList<>(worker.engine().runs(table));
      }
    }

    record Online(OnlineRead read) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.engine().online(read);
      }
    }

    record Version(Location location) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.engine().version(location);
      }
    }

    record Compact(Location.DeltaTable table) implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.engine().compact(table);
      }
    }

    record Vacuum(Location.DeltaTable table, Instant since, ArrayList<Long> pinned)
        implements Request {
      @Override
      public Serializable of(BeamWorker worker) {
        return worker.engine().vacuum(table, since, Set.copyOf(pinned));
      }
    }
  }

  /** A failure as a person is told of it, and its trace. */
  record Failed(boolean explained, String message, String trace) implements Serializable {}

  private synchronized Object ask(Request request) {
    try {
      PlanBytes.write(request, requests);
      requests.flush();
      return answer();
    } catch (IOException failure) {
      throw ended(failure);
    }
  }

  private Object answer() throws IOException {
    Object answer;
    try {
      answer = PlanBytes.read(answers);
    } catch (EOFException gone) {
      throw ended(gone);
    }
    if (answer instanceof Failed failed) {
      if (failed.explained()) {
        throw new Explained(failed.message());
      }
      throw new IllegalStateException(failed.trace());
    }
    return answer;
  }

  private MillraceException ended(@Nullable Throwable cause) {
    return new MillraceException(
        new Problem(
            "The Beam engine has ended",
            process.isAlive() ? "it says no more" : "it exited with " + process.exitValue(),
            "Its last words are in " + log),
        cause);
  }

  /** What the other process said, word for word. */
  private static final class Explained extends MillraceException {
    private static final long serialVersionUID = 1L;

    Explained(String message) {
      super(message);
    }
  }

  @Override
  public WriteReport run(Write write) {
    return (WriteReport) ask(new Request.Run(write));
  }

  @Override
  public Following follow(Follow follow, FollowSettings settings, Following.Listener listener) {
    Object unused = ask(new Request.Begin(follow, settings));
    return new ProcessFollowing(this, follow.stream().location(), listener);
  }

  /** What a stream that it follows did since it was last asked. */
  StreamNews look() {
    return (StreamNews) ask(new Request.Look());
  }

  /** Stops what it follows; one that has ended follows nothing. */
  void stop() {
    if (process.isAlive()) {
      Object unused = ask(new Request.Stop());
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Standing> standing(List<Write> writes) {
    return (List<Standing>) ask(new Request.Stand(new ArrayList<>(writes)));
  }

  @Override
  @SuppressWarnings("unchecked")
  public Optional<LastRun> lastRun(Location.DeltaTable table, Location.DeltaTable aside) {
    return ((List<LastRun>) ask(new Request.Last(table, aside))).stream().findFirst();
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<PastRun> runs(Location.DeltaTable table) {
    return (List<PastRun>) ask(new Request.Runs(table));
  }

  @Override
  public Rows collect(Node node) {
    return (Rows) ask(new Request.Collect(node));
  }

  @Override
  public Rows online(OnlineRead read) {
    return (Rows) ask(new Request.Online(read));
  }

  @Override
  public String version(Location location) {
    return (String) ask(new Request.Version(location));
  }

  @Override
  public Compaction compact(Location.DeltaTable table) {
    return (Compaction) ask(new Request.Compact(table));
  }

  @Override
  public long vacuum(Location.DeltaTable table, Instant since, Set<Long> pinned) {
    return (Long)
        Objects.requireNonNull(ask(new Request.Vacuum(table, since, new ArrayList<>(pinned))));
  }

  /** Ends the process: it has nothing more to do when nothing more is asked. */
  @Override
  public void close() {
    try {
      requests.close();
      process.waitFor();
    } catch (IOException gone) {
      process.destroy();
    } catch (InterruptedException stopped) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
