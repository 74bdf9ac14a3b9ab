package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.MarkedAggregation;
import dev.millrace.transforms.aggregation.RankedAggregation;
import dev.millrace.transforms.aggregation.SumReaders;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Windows of events that come in the order of time. Each event and each hop is taken in and dropped
 * once for each window, whatever the window's length; equal aggregations share what they keep, and
 * so do a sum, its average and its count, and the lowest and the highest of an input. What is kept
 * is one entry for each hop that has events, the shortest hop of those that share, as far back as
 * the longest of them reaches; exact windows and sessions keep one for each event's time, and share
 * among themselves.
 */
public final class SlidingWindows implements KeyWindows {
  /**
   * What aggregations must have in common to share what is kept. Exact windows keep an entry for
   * each event, which others should not pay for.
   */
  private record Sharing(Object state, boolean exact) {}

  private final StructType types;
  private final WindowTails[] tails;
  private final Slider[] sliders;

  // One loop a kernel, so that each meets one class: an event goes through all in nanoseconds.
  private final MarkSlider<?>[] marked;
  private final RankSlider[] ranked;
  private final Slider[] others;

  public SlidingWindows(List<WindowedAggregation> windows) {
    this.types = KeyWindows.types(windows);
    Map<Sharing, List<WindowedAggregation>> sharing = new LinkedHashMap<>();
    for (WindowedAggregation each : windows) {
      each.requireWindow();
      Sharing by = new Sharing(state(each, windows), each.window().isExact());
      sharing.computeIfAbsent(by, key -> new ArrayList<>()).add(each);
    }
    Map<List<Window>, WindowTails> tailsOf = new LinkedHashMap<>();
    List<Slider> made = new ArrayList<>();
    for (List<WindowedAggregation> each : sharing.values()) {
      List<Window> distinct = each.stream().map(WindowedAggregation::window).distinct().toList();
      WindowTails common = tailsOf.computeIfAbsent(distinct, WindowTails::new);
      made.add(slider(each, distinct, common, windows));
    }
    this.tails = tailsOf.values().toArray(WindowTails[]::new);
    this.sliders = made.toArray(Slider[]::new);
    this.marked = of(MarkSlider.class, made).toArray(MarkSlider<?>[]::new);
    this.ranked = of(RankSlider.class, made).toArray(RankSlider[]::new);
    this.others =
        made.stream()
            .filter(slider -> !(slider instanceof MarkSlider || slider instanceof RankSlider))
            .toArray(Slider[]::new);
  }

  private static boolean hasRanks(WindowedAggregation of) {
    return of.aggregation() instanceof RankedAggregation<?> ranked && ranked.hasRanks();
  }

  /** What the values are read from: of the inputs a sum or ranks; the call's own otherwise. */
  private static Object state(WindowedAggregation of, List<WindowedAggregation> all) {
    boolean ofSum =
        SumReaders.sumOf(of.aggregation()).isPresent()
            || (of.call().function().equals("count")
                && all.stream()
                    .filter(other -> other.window().isExact() == of.window().isExact())
                    .filter(other -> other.call().inputs().equals(of.call().inputs()))
                    .anyMatch(other -> SumReaders.sumOf(other.aggregation()).isPresent()));
    return ofSum || hasRanks(of) ? List.of(hasRanks(of), of.call().inputs()) : of.call();
  }

  private static Slider slider(
      List<WindowedAggregation> sharing,
      List<Window> distinct,
      WindowTails tails,
      List<WindowedAggregation> all) {
    WindowedAggregation first = sharing.get(0);
    if (hasRanks(first)) {
      Map<RankedAggregation<?>, Places> places = new LinkedHashMap<>();
      byFunction(sharing)
          .forEach(
              (function, some) ->
                  places.put(
                      (RankedAggregation<?>) some.get(0).aggregation(),
                      Places.of(distinct, some, all)));
      return new RankSlider(places, first.ordinal(), tails);
    }
    Optional<MarkedAggregation<?>> sum =
        sharing.stream()
            .sorted(Comparator.comparing(each -> !each.call().function().equals("sum")))
            .flatMap(each -> SumReaders.sumOf(each.aggregation()).stream())
            .findFirst();
    if (sum.isEmpty()) {
      return Slider.of(first, tails, Places.of(distinct, sharing, all));
    }
    Map<String, Places> places = new LinkedHashMap<>();
    byFunction(sharing)
        .forEach((function, some) -> places.put(function, Places.of(distinct, some, all)));
    return Slider.ofSum(sum.get(), first.ordinal(), tails, places);
  }

  private static Map<String, List<WindowedAggregation>> byFunction(
      List<WindowedAggregation> sharing) {
    return sharing.stream()
        .collect(
            Collectors.groupingBy(
                each -> each.call().function(), LinkedHashMap::new, Collectors.toList()));
  }

  private static <SliderT extends Slider> Stream<SliderT> of(
      Class<SliderT> kernel, List<Slider> sliders) {
    return sliders.stream().filter(kernel::isInstance).map(kernel::cast);
  }

  @Override
  public InternalRow row() {
    return new SpecificInternalRow(types);
  }

  @Override
  public void clear() {
    for (WindowTails each : tails) {
      each.clear();
    }
    for (Slider slider : sliders) {
      slider.clear();
    }
  }

  /** Takes in an event; {@code time} is in microseconds and not before any time seen. */
  @Override
  public void add(long time, SpecializedGetters event) {
    for (WindowTails each : tails) {
      each.event(time);
    }
    for (MarkSlider<?> slider : marked) {
      slider.add(time, event);
    }
    for (RankSlider slider : ranked) {
      slider.add(time, event);
    }
    for (Slider slider : others) {
      slider.add(time, event);
    }
  }

  @Override
  public void present(long time, InternalRow into, int offset) {
    for (WindowTails each : tails) {
      each.ask(time);
    }
    for (Slider slider : sliders) {
      slider.present(time, into, offset);
    }
  }

  @Override
  public boolean isEmpty() {
    for (WindowTails each : tails) {
      if (!each.isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
