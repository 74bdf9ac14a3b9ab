package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AsyncReadsTest {
  @Test
  void whatFollowsOnAReadMayCloseThem() throws Exception {
    AsyncReads reads = new AsyncReads(1);
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletableFuture<String> closed =
        reads
            .start(answer::join)
            .thenApply(
                read -> {
                  reads.close();
                  return read;
                });
    answer.complete("read");
    assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo("read");
  }
}
