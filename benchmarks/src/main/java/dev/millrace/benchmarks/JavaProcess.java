package dev.millrace.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class' {@code main} in a JVM of its own, with this one's class path and options. */
public final class JavaProcess implements AutoCloseable {
  private static final int SECONDS_TO_STOP = 30;

  private final Process process;
  private final Thread stop;

  private JavaProcess(Process process) {
    this.process = process;
    this.stop = new Thread(process::destroyForcibly, "stop-child");
    Runtime.getRuntime().addShutdownHook(stop);
  }

  /**
   * Starts it.
   *
   * @param heap in megabytes
   * @param log what it prints is added there
   */
  public static JavaProcess start(String main, int heap, Path log, List<String> arguments)
      throws IOException {
    return start(main, System.getProperty("java.class.path"), heap, log, arguments);
  }

  /** The same with another class path. */
  public static JavaProcess start(
      String main, String classPath, int heap, Path log, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Xm"))
        .forEach(command::add);
    command.add("-Xmx" + heap + "m");
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    return new JavaProcess(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  public boolean runs() {
    return process.isAlive();
  }

  /** Waits for its end; what it ended with. */
  public int end() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGKILL, and until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    forget();
  }

  /** SIGTERM, and SIGKILL where that takes long. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
    forget();
  }

  private void forget() {
    boolean unused = Runtime.getRuntime().removeShutdownHook(stop);
  }
}
