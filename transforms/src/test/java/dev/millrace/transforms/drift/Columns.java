package dev.millrace.transforms.drift;

import org.jspecify.annotations.Nullable;

/** Columns for tests. */
final class Columns {
  private Columns() {}

  static ColumnProfile of(@Nullable Double... values) {
    ColumnProfile profile = new ColumnProfile();
    for (Double value : values) {
      if (value == null) {
        profile.addNull();
      } else {
        profile.add(value);
      }
    }
    return profile;
  }

  /** 1, 2, ... {@code size}, each plus {@code shift}. */
  static ColumnProfile run(int size, double shift) {
    ColumnProfile profile = new ColumnProfile();
    for (int i = 1; i <= size; i++) {
      profile.add(i + shift);
    }
    return profile;
  }
}
