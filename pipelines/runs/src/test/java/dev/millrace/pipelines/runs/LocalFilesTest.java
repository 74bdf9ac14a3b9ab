package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's local files without processes, held against Hadoop's own. */
class LocalFilesTest {
  @TempDir Path folder;

  @Test
  void filesAreMadeAndRenamedWithoutAProcess() throws Exception {
    assertThat(processes(() -> makeAndRename(new Configuration(), "hadoop"))).isNotEmpty();
    assertThat(processes(() -> makeAndRename(LocalFiles.conf(), "ours"))).isEmpty();
    for (String name : List.of("done", "made")) {
      Path ours = folder.resolve("ours").resolve(name);
      Path theirs = folder.resolve("hadoop").resolve(name);
      assertThat(ours).hasSameBinaryContentAs(theirs);
      assertThat(Files.getPosixFilePermissions(ours))
          .isEqualTo(Files.getPosixFilePermissions(theirs));
      Path sum = folder.resolve("ours").resolve("." + name + ".crc");
      assertThat(sum).hasSameBinaryContentAs(folder.resolve("hadoop").resolve("." + name + ".crc"));
    }
    assertThat(folder.resolve("ours")).isDirectoryNotContaining("glob:**making*");
  }

  @Test
  void permissionsAreThoseAskedFor() throws IOException {
    FileSystem files = FileSystem.newInstance(folder.toUri(), LocalFiles.conf());
    Path file = Files.createFile(folder.resolve("file"));
    files.setPermission(hadoop(file), new FsPermission("640"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    files.setPermission(hadoop(file), new FsPermission("1751"));
    assertThat(mode(file)).isEqualTo(01751);
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.setAttribute(shared, "unix:mode", 02770);
    files.setPermission(hadoop(shared), new FsPermission("755"));
    assertThat(mode(shared)).as("what is made in it stays its group's").isEqualTo(02755);
  }

  @Test
  void linksAreLinks() throws IOException {
    FileContext files = FileContext.getFileContext(folder.toUri(), LocalFiles.conf());
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(files.getFileLinkStatus(hadoop(file)).isSymlink()).isFalse();
    FileContext theirs = FileContext.getFileContext(folder.toUri(), new Configuration());
    assertThat(files.getFileLinkStatus(hadoop(link)))
        .isEqualTo(theirs.getFileLinkStatus(hadoop(link)));
    assertThatThrownBy(() -> files.getFileLinkStatus(hadoop(folder.resolve("none"))))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void aFileThatIsThereIsNotRenamedOver() throws IOException {
    FileContext files = FileContext.getFileContext(folder.toUri(), LocalFiles.conf());
    Path from = Files.writeString(folder.resolve("from"), "new");
    Path to = Files.writeString(folder.resolve("to"), "old");
    assertThatThrownBy(() -> files.rename(hadoop(from), hadoop(to)))
        .isInstanceOf(org.apache.hadoop.fs.FileAlreadyExistsException.class);
    assertThat(to).hasContent("old");
    files.rename(hadoop(from), hadoop(to), Options.Rename.OVERWRITE);
    assertThat(to).hasContent("new");
  }

  private void makeAndRename(Configuration conf, String name) throws IOException {
    Path in = folder.resolve(name);
    FileContext files = FileContext.getFileContext(folder.toUri(), conf);
    try (FSDataOutputStream out =
        files.create(
            hadoop(in.resolve("making")),
            EnumSet.of(CreateFlag.CREATE),
            Options.CreateOpts.createParent())) {
      out.write("made and renamed".getBytes(StandardCharsets.UTF_8));
    }
    files.rename(hadoop(in.resolve("making")), hadoop(in.resolve("done")));
    try (FileSystem system = FileSystem.newInstance(folder.toUri(), conf);
        FSDataOutputStream out = system.create(hadoop(in.resolve("made")))) {
      out.write("made".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode") & 07777;
  }

  private interface Work {
    void run() throws IOException;
  }

  /** The processes that were started meanwhile. */
  private List<String> processes(Work work) throws IOException {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ProcessStart");
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    Files.delete(file);
    return events.stream().map(event -> event.getString("command")).toList();
  }
}
