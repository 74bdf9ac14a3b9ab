package dev.millrace.pipelines.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Plans, and what runs of them came to, on their way between two processes of the same Millrace.
 * They are Java's serialised objects, in which nothing but Millrace's and the libraries' values is
 * read.
 */
public final class PlanBytes {
  private static final ObjectInputFilter VALUES =
      ObjectInputFilter.Config.createFilter(
          "dev.millrace.**;java.lang.*;java.time.*;java.util.*;java.math.*;scala.**;org.apache.spark.sql.**;!*");

  private PlanBytes() {}

  /** Writes one value. */
  public static void write(Serializable value, OutputStream out) throws IOException {
    Writer writer = new Writer(out);
    writer.writeObject(value);
    writer.flush();
  }

  /**
   * Reads one value.
   *
   * @throws java.io.EOFException where there is none
   */
  public static Object read(InputStream in) throws IOException {
    ObjectInputStream reader = new ObjectInputStream(in);
    reader.setObjectInputFilter(VALUES);
    try {
      return reader.readObject();
    } catch (ClassNotFoundException other) {
      throw new IOException("of another Millrace", other);
    }
  }

  /** Java does not serialise what may be absent. */
  private static final class Writer extends ObjectOutputStream {
    Writer(OutputStream out) throws IOException {
      super(out);
      enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object value) {
      if (value instanceof Optional<?> maybe) {
        return new Maybe((Serializable) maybe.orElse(null));
      }
      return value instanceof OptionalLong number
          ? new MaybeNumber(number.isPresent() ? number.getAsLong() : null)
          : value;
    }
  }

  private record Maybe(@Nullable Serializable value) implements Serializable {
    private Object readResolve() {
      return Optional.ofNullable(value);
    }
  }

  private record MaybeNumber(@Nullable Long value) implements Serializable {
    private Object readResolve() {
      return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
  }
}
