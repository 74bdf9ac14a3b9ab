package dev.millrace.transforms.window;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The tiles of one hop: what they hold and how far back they are wanted. */
final class TileLevel {
  private static final int LEAST_UNDER_A_COVER = 4;

  private final long hop;
  private final List<TilePart<?>> parts = new ArrayList<>();
  private final List<Window> readers = new ArrayList<>();
  private boolean leaf;
  private long reach;
  private int[] partOfAll = {};
  private int index;

  TileLevel(long hop) {
    this.hop = hop;
  }

  void add(TileValue value) {
    Window window = value.of().window();
    if (!readers.contains(window)) {
      readers.add(window);
      reach = Math.max(reach, window.length());
    }
    leaf |= window.hop() == hop;
    if (indexOf(value.part()) < 0) {
      parts.add(value.part());
      parts.sort(Comparator.comparing(TilePart::name));
    }
  }

  long hop() {
    return hop;
  }

  /** The place among the layout's levels. */
  int index() {
    return index;
  }

  /** Whether it is the hop of a window, so that there is a tile wherever there are events. */
  boolean isLeaf() {
    return leaf;
  }

  /** How far back tiles are wanted, in microseconds: the length of the longest window. */
  long reach() {
    return reach;
  }

  /** Whether tiles of a longer hop are made up of whole ones of these, as far back as those go. */
  boolean isUnder(long longer, long itsReach) {
    return hop < longer && longer % hop == 0 && reach >= itsReach;
  }

  List<TilePart<?>> parts() {
    return parts;
  }

  /** Knows its place among the levels of the layout, and its parts' among the distinct ones. */
  void place(int ofLevel, List<TilePart<?>> all) {
    index = ofLevel;
    partOfAll =
        parts.stream()
            .mapToInt(
                part -> {
                  int at = 0;
                  while (!all.get(at).name().equals(part.name())) {
                    at++;
                  }
                  return at;
                })
            .toArray();
  }

  /** The tile of one event, of which each part of the layout was encoded. */
  byte[] tile(byte[] alone, int[] ends) {
    if (partOfAll.length == ends.length) {
      return alone;
    }
    int size = 0;
    for (int part : partOfAll) {
      size += ends[part] - begin(ends, part);
    }
    byte[] tile = new byte[size];
    int at = 0;
    for (int part : partOfAll) {
      int begin = begin(ends, part);
      System.arraycopy(alone, begin, tile, at, ends[part] - begin);
      at += ends[part] - begin;
    }
    return tile;
  }

  private static int begin(int[] ends, int part) {
    return part == 0 ? 0 : ends[part - 1];
  }

  Tile decode(byte[] tile) {
    return new Tile(parts, tile);
  }

  /** The place of an accumulator in the level's tiles, or -1. */
  int indexOf(TilePart<?> part) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).name().equals(part.name())) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether a tile is kept: wherever there are events where the hop is a window's own, which all
   * else rests on; else where it saves a reader enough.
   *
   * @param under how many kept tiles of finer levels the tile stands for
   */
  boolean keeps(int under) {
    return leaf || under >= LEAST_UNDER_A_COVER;
  }

  /**
   * The first start of a tile that a reader at {@code end} or later needs. Covers that begin before
   * all of their reach are not kept: the finer tiles that they would be made from need not be
   * there.
   */
  long oldest(long end) {
    if (!leaf) {
      return end - reach;
    }
    long oldest = Long.MAX_VALUE;
    for (Window reader : readers) {
      oldest = Math.min(oldest, reader.start(end));
    }
    return oldest;
  }
}
