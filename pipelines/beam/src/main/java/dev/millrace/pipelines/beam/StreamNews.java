package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Following;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a stream did since it was last looked at.
 *
 * @param isDrained whether all that the topic holds is where it belongs
 */
record StreamNews(List<Done> batches, boolean isDrained) implements Serializable {
  StreamNews {
    batches = new ArrayList<>(batches);
  }

  /** A {@link Following.Batch} that can be sent. */
  record Done(
      long position,
      long messages,
      long accepted,
      long late,
      @Nullable Instant newest,
      @Nullable Long behind,
      TreeMap<Integer, Long> next,
      Instant readable)
      implements Serializable {
    static Done of(Following.Batch batch) {
      return new Done(
          batch.position(),
          batch.messages(),
          batch.accepted(),
          batch.late(),
          batch.newest().orElse(null),
          batch.behind().isPresent() ? batch.behind().getAsLong() : null,
          new TreeMap<>(batch.next()),
          batch.readable());
    }

    Following.Batch batch() {
      return new Following.Batch(
          position,
          messages,
          accepted,
          messages - accepted,
          late,
          0,
          Optional.ofNullable(newest),
          java.time.Duration.ZERO,
          behind == null ? OptionalLong.empty() : OptionalLong.of(behind),
          Map.copyOf(next),
          readable);
    }
  }
}
