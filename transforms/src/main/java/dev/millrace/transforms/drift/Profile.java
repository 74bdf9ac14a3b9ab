package dev.millrace.transforms.drift;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The profiles of a table's numeric columns, in the order of their names.
 *
 * <p>A commutative monoid like {@link ColumnProfile}: merging keeps every column that either side
 * has, and {@link #encode} gives equal bytes for equal content. Columns are compared by name as
 * {@link String#compareTo} does. Mutable, and not safe for use by several threads.
 */
public final class Profile {
  private static final int VERSION = 1;

  private final SortedMap<String, ColumnProfile> columns = new TreeMap<>();

  /**
   * The profile of this column, to add to; a new and empty one when the column is not yet known.
   *
   * @throws IllegalArgumentException if the name is blank or is not valid Unicode
   */
  public ColumnProfile column(String name) {
    ColumnProfile known = columns.get(name);
    if (known != null) {
      return known;
    }
    if (name.isBlank() || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(
          "Cannot profile a column named '"
              + name
              + "': a column's name is valid Unicode and not blank.");
    }
    ColumnProfile added = new ColumnProfile();
    columns.put(name, added);
    return added;
  }

  /** All columns by name, in order; a view that follows later changes and cannot be written. */
  public SortedMap<String, ColumnProfile> columns() {
    return Collections.unmodifiableSortedMap(columns);
  }

  /**
   * Takes in all that {@code other} counted; {@code other} stays as it is and nothing is shared.
   */
  public void merge(Profile other) {
    other.columns.forEach((name, profile) -> column(name).merge(profile));
  }

  /** The canonical bytes: equal content gives equal bytes, on every machine. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeByte(VERSION);
    out.writeUnsigned(columns.size());
    columns.forEach(
        (name, profile) -> {
          out.writeText(name);
          ColumnProfileBytes.write(profile, out);
        });
    return out.toBytes();
  }

  /**
   * The profile that {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are not exactly what {@code encode} writes
   */
  public static Profile decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, "profile");
    int version = in.readByte();
    if (version != VERSION) {
      throw in.wrong("version " + version + " is not known, only " + VERSION);
    }
    Profile profile = new Profile();
    long size = in.readCount();
    for (long i = 0; i < size; i++) {
      String name = in.readText();
      if (name.isBlank() || (i > 0 && name.compareTo(profile.columns.lastKey()) <= 0)) {
        throw in.wrong("the columns are not in order or one has no name");
      }
      profile.columns.put(name, ColumnProfileBytes.read(in));
    }
    in.finish();
    return profile;
  }
}
