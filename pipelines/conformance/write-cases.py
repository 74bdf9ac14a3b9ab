#!/usr/bin/env python3
"""Writes the conformance cases: run it after changing it, and commit what it writes.

Expected rows are written by hand, or come from the oracle below: the meaning of windows in its most
obvious form, quadratic, over fractions. Never copy them from an engine.
"""
import json
import math
import os
import struct
from collections import OrderedDict
from datetime import datetime, timedelta, timezone
from decimal import Decimal, getcontext
from fractions import Fraction

OUT = os.path.join(
    os.path.dirname(os.path.abspath(__file__)),
    "src/main/resources/dev/millrace/pipelines/conformance")
getcontext().prec = 120
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TOPICS = OrderedDict()

# ---- values ------------------------------------------------------------------------------------


def micros(text):
    """ISO text with up to six digits after the second, as microseconds."""
    whole, _, part = text.rstrip("Z").partition(".")
    at = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    delta = at - EPOCH
    return (delta.days * 86400 + delta.seconds) * 1000000 + int((part + "000000")[:6] if part else 0)


def iso(at):
    moment = EPOCH + timedelta(microseconds=at)
    text = "%04d" % moment.year + moment.strftime("-%m-%dT%H:%M:%S")
    return text + (".%06d" % moment.microsecond if moment.microsecond else "") + "Z"


def double(value):
    """A double as JSON: a number where JSON has one."""
    if value is None:
        return None
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def parse(kind, value):
    if value is None:
        return None
    if kind in ("double", "float"):
        return float.fromhex(value) if isinstance(value, str) and "x" in value else float(value)
    if kind == "timestamp":
        return micros(value)
    if kind.startswith("decimal"):
        return Decimal(value)
    if kind == "bigint":
        return int(value)
    if kind.startswith("array<"):
        return [parse(kind[6:-1], each) for each in value]
    if kind.startswith("vector("):
        return [parse("float", each) for each in value]
    return value


def span(text):
    unit = {"us": 1, "s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6}
    name = "us" if text.endswith("us") else text[-1]
    return int(text[: -len(name)]) * unit[name]


def chosen_hop(length):
    for hop in (86400, 3600, 300, 60):
        if hop * 10**6 * 50 <= length:
            return hop * 10**6
    raise ValueError(length)


# ---- the oracle --------------------------------------------------------------------------------


def floating_sum(values):
    """The exact sum rounded once; no zero has a sign."""
    if any(math.isnan(v) for v in values):
        return math.nan
    infinities = {v for v in values if math.isinf(v)}
    if infinities:
        return infinities.pop() if len(infinities) == 1 else math.nan
    exact = sum((Fraction(v) for v in values), Fraction(0))
    try:
        return float(exact) + 0.0
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def order(kind):
    if kind in ("double", "float"):
        return lambda v: (1, 0.0) if math.isnan(v) else (0, v)
    if kind == "string":
        return lambda v: v.encode("utf-8")
    return lambda v: v


def aggregate(function, kind, values):
    """The value, and its type."""
    values = [v for v in values if v is not None]
    if function == "count":
        return len(values), "bigint"
    result = {"sum": "double" if kind in ("double", "float") else "bigint", "avg": "double"}.get(
        function, kind)
    if function == "sum" and kind.startswith("decimal"):
        precision, scale = map(int, kind[8:-1].split(","))
        result = "decimal(%d,%d)" % (min(38, precision + 10), scale)
    if not values:
        return None, result
    if function == "sum":
        return (floating_sum(values) if result == "double" else sum(values)), result
    if function == "avg":
        total = (
            floating_sum(values)
            if kind in ("double", "float")
            else float(sum((Fraction(v) for v in values), Fraction(0))))
        return total / len(values), result
    best = (max if function == "max" else min)(values, key=order(kind))
    return (best + 0.0 if kind in ("double", "float") else best), result


def root(ratio):
    """The square root of a fraction, the sign before it, to the nearest double."""
    size = abs(ratio)
    exact = (Decimal(size.numerator) / Decimal(size.denominator)).sqrt()
    return float(exact) * (-1 if ratio < 0 else 1) + 0.0


def moment(function, values):
    """Moments by their definitions, about the exact mean; None where there is none."""
    n = len(values)
    if n < (2 if function.startswith("sample") else 1):
        return None
    if any(not math.isfinite(v) for v in values):
        return math.nan
    exact = [Fraction(v) for v in values]
    mean = sum(exact) / n
    m = {p: sum((v - mean) ** p for v in exact) / n for p in (2, 3, 4)}
    if function in ("skewness", "kurtosis") and m[2] == 0:
        return None
    if function == "skewness":
        return root((1 if m[3] >= 0 else -1) * m[3] ** 2 / m[2] ** 3)
    if function == "kurtosis":
        return float(m[4] / m[2] ** 2 - 3) + 0.0
    variance = m[2] * n / (n - 1) if function.startswith("sample") else m[2]
    return root(variance) if function.endswith("stddev") else float(variance)


def co_moment(function, pairs):
    n = len(pairs)
    if n < (2 if function.startswith("sample") else 1):
        return None
    if any(not math.isfinite(v) for pair in pairs for v in pair):
        return math.nan
    xs, ys = [Fraction(x) for x, _ in pairs], [Fraction(y) for _, y in pairs]
    mx, my = sum(xs) / n, sum(ys) / n
    together = sum((x - mx) * (y - my) for x, y in zip(xs, ys))
    if function == "correlation":
        spreads = sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys)
        return None if spreads == 0 else root((1 if together >= 0 else -1) * together ** 2 / spreads)
    return float(together / (n - 1 if function.startswith("sample") else n)) + 0.0


def element(values, divisor):
    """The exact sum over a divisor as a float; the cases use such as need no care for ties."""
    if not all(math.isfinite(v) for v in values):
        return floating_sum(values)
    exact = sum((Fraction(v) for v in values), Fraction(0)) / divisor
    return struct.unpack("f", struct.pack("f", float(exact)))[0] + 0.0


MOMENTS = ("population_variance", "sample_variance", "population_stddev", "sample_stddev", "skewness", "kurtosis")
CO_MOMENTS = ("population_covariance", "sample_covariance", "correlation")


def canonical_bytes(x):
    """A double's bits, most significant first; one zero and one NaN."""
    return struct.pack(">d", math.nan if math.isnan(x) else x + 0.0)


def other_value(function, inputs, parameters, kinds, rows, at):
    """The value and type of all but count, sum, avg, min and max, from the rows of the window."""
    kind = kinds.get(inputs[0], "int")
    columns = [i for i in inputs if i != "event_time()"]
    rows = [e for e in rows if all(c not in kinds or e[c] is not None for c in columns)]
    if kind in ("double", "float"):
        rows = [dict(e, **{inputs[0]: math.nan if math.isnan(e[inputs[0]]) else e[inputs[0]] + 0.0}) for e in rows]
    values = [e[inputs[0]] if inputs[0] in kinds else 1 for e in rows]
    k = int(parameters[0]) if parameters and function not in ("approx_percentile", "approx_percentiles", "histogram") else None
    up = order(kind)
    if function in MOMENTS:
        return moment(function, values), "double"
    if function in CO_MOMENTS:
        return co_moment(function, [(e[inputs[0]], e[inputs[1]]) for e in rows]), "double"
    if function in ("count_if", "bool_any", "bool_all"):
        answers = {"count_if": sum(values), "bool_any": any(values), "bool_all": all(values)}
        return (answers[function] if values or function == "count_if" else None), ("bigint" if function == "count_if" else "boolean")
    if function == "time_since_last":
        return (at - max(e["#time"] for e in rows) if rows else None), "bigint"
    if function in ("count_distinct", "approx_count_distinct"):
        return len(set(values)), "bigint"
    array = "array<%s>" % kind
    if function == "collect_distinct":
        return (sorted(set(values), key=up) or None), array
    if function == "most_frequent_k":
        counted = sorted(set(values), key=lambda v: (-values.count(v), up(v)))
        return (counted[:k] or None), array
    if function in ("first", "last", "first_k", "last_k"):
        tie = canonical_bytes if kind == "double" else up
        ordered = sorted(rows, key=lambda e: (e["#time"], tie(e[inputs[0]])), reverse=function.startswith("last"))
        found = [e[inputs[0]] for e in ordered]
        if k is None:
            return (found[0] if found else None), kind
        return (found[:k] or None), array
    if function in ("top_k", "bottom_k"):
        return (sorted(values, key=up, reverse=function == "top_k")[:k] or None), array
    if function in ("top_k_by", "bottom_k_by"):
        by = order(kinds[inputs[1]])
        ordered = sorted(rows, key=lambda e: (e["#time"], up(e[inputs[0]])))
        ordered.sort(key=lambda e: by(e[inputs[1]]), reverse=function == "top_k_by")
        return ([e[inputs[0]] for e in ordered][:k] or None), array
    if function in ("approx_percentile", "approx_percentiles"):
        # Whole numbers up to 256 are exact.
        ordered = sorted(values)
        found = [float(ordered[int(float(share) * (len(ordered) - 1))]) for share in parameters] if ordered else None
        single = function == "approx_percentile"
        return (found[0] if found and single else found), ("double" if single else "array<double>")
    if function == "histogram":
        bounds = [float(b) for b in parameters]
        bins = [0] * (len(bounds) + 1)
        for v in values:
            bins[sum(1 for b in bounds if math.isnan(v) or v >= b)] += 1
        return bins, "array<bigint>"
    if function in ("vector_sum", "vector_mean"):
        divisor = len(values) if function == "vector_mean" else 1
        return ([element([v[i] for v in values], divisor) for i in range(k)] if values else None), "vector(%d)" % k
    raise ValueError(function)


def window_of(feature):
    over = feature["over"]
    if over == "all":
        return None, None
    length = span(over)
    if feature.get("hop") == "exact":
        return length, 1
    return length, span(feature["hop"]) if "hop" in feature else chosen_hop(length)


def session(events, gap, at):
    """The run of events that one at the time would continue."""
    run, following = [], at
    for e in sorted((e for e in events if e["#time"] < at), key=lambda e: e["#time"], reverse=True):
        if following - e["#time"] >= gap:
            break
        following = e["#time"]
        run.append(e)
    return run


def seen(events, feature, at):
    """The events of [floor(t - W, h), t) that are known at t."""
    events = [e for e in events if e.get("#known", at) <= at]
    if feature["over"].startswith("session "):
        return session(events, span(feature["over"][8:]), at)
    length, hop = window_of(feature)
    start = None if length is None else (at - length) // hop * hop
    return [e for e in events if e["#time"] < at and (start is None or e["#time"] >= start)]


def value(events, feature, at, kinds):
    function = next(iter(feature))
    text = feature[function][0]
    rows = seen(events, feature, at)
    kind = kinds.get(text, "int")
    if function not in ("count", "sum", "avg", "min", "max"):
        return other_value(function, feature[function], feature.get("parameters", []), kinds, rows, at)
    return aggregate(function, kind, [e[text] if text in kinds else 1 for e in rows])


def as_json(kind, v):
    if v is None:
        return None
    if kind in ("double", "float"):
        return double(v)
    if kind == "timestamp":
        return iso(v)
    if kind.startswith("array<"):
        return [as_json(kind[6:-1], each) for each in v]
    if kind.startswith("vector("):
        return [double(each) for each in v]
    return str(v) if kind.startswith("decimal") else v


def loaded(table, keys, time, available=None):
    names = [c.rsplit(" ", 1) for c in table["columns"]]
    events = []
    for row in table["rows"]:
        event = {name: parse(kind, v) for (name, kind), v in zip(names, row)}
        event["#key"] = tuple(event[k] for k in keys)
        event["#raw"] = [row[[n for n, _ in names].index(k)] for k in keys]
        event["#time"] = event[time]
        if available:
            event["#known"] = event[available]
        events.append(event)
    return events, dict(names)


def known(events):
    return [e for e in events if e["#time"] is not None and e.get("#known", 0) is not None and None not in e["#key"]]


def every(table, events_json, times, whole=False):
    keys, features = events_json["keys"], events_json["features"]
    events, kinds = loaded(table, keys, events_json["event-time"], events_json.get("available-at"))
    events = known(events)
    columns = ["%s %s" % (k, kinds[k]) for k in keys] + ["time timestamp"]
    columns += ["%s %s" % (n, value([], f, 0, kinds)[1]) for n, f in features.items()]
    rows = []
    groups = OrderedDict()
    for e in events:
        groups.setdefault(e["#key"], []).append(e)
    if whole:
        groups.setdefault((), [])
    for group in groups.values():
        for at in times:
            if whole or any(seen(group, f, at) for f in features.values()):
                row = list(group[0]["#raw"] if group else []) + [iso(at)]
                for f in features.values():
                    v, kind = value(group, f, at, kinds)
                    row.append(as_json(kind, v))
                rows.append(row)
    return {"columns": columns, "rows": rows}


# ---- writing -----------------------------------------------------------------------------------


def case(topic, name, plan, tables, **outcome):
    TOPICS.setdefault(topic, []).append(
        OrderedDict(name=name, tables=tables, plan=plan, **outcome))


def feature(function, column, over, hop=None):
    f = OrderedDict([(function, [column]), ("over", over)])
    if hop:
        f["hop"] = hop
    return f


def call(function, inputs, over, *parameters, hop=None):
    f = OrderedDict([(function, inputs)])
    if parameters:
        f["parameters"] = [str(p) for p in parameters]
    f["over"] = over
    if hop:
        f["hop"] = hop
    return f


ALL = OrderedDict(
    n=feature("count", "x", "1h"), total=feature("sum", "x", "1h"), mean=feature("avg", "x", "1h"),
    least=feature("min", "x", "1h"), most=feature("max", "x", "1h"))
COLUMNS = ["k string", "at timestamp", "x double"]


def times(start, end, period):
    return list(range(micros(start), micros(end), span(period)))


def events_of(keys, features, available=None):
    events = OrderedDict([("rows", {"scan": "events"}), ("keys", list(keys)), ("event-time", "at")])
    if available:
        events["available-at"] = available
    events["features"] = features
    return events


def windows(topic, name, rows, features=ALL, start="2024-03-01T10:00:00Z",
            end="2024-03-01T13:00:00Z", period="30m", columns=COLUMNS, keys=("k",), error=None,
            once=None, available=None):
    """A windowed aggregation whose rows the oracle gives."""
    table = {"columns": columns, "rows": rows}
    events = events_of(keys, features, available)
    plan = OrderedDict(events=events)
    if once:
        plan["once"] = once
        at = [micros(once)]
    else:
        plan["every"] = {"start": start, "end": end, "period": period}
        at = times(start, end, period)
    whole = once and not keys and all(f["over"] == "all" for f in features.values())
    outcome = {"error": error} if error else {"expected": every(table, events, at, whole)}
    case(topic, name, {"window-aggregate": plan}, {"events": table}, **outcome)


def ev(at, x, k="a", day="2024-03-01"):
    return [k, "%sT%sZ" % (day, at), x]


def at_once(xs, k="a"):
    return [ev("10:%02d:00" % (i + 1), x, k) for i, x in enumerate(xs)]


# ---- cases -------------------------------------------------------------------------------------

NAN, INF, NINF = "NaN", "Infinity", "-Infinity"

windows("nulls", "a null input is no value but an event", at_once([1.5, None, 2.5]))
windows("nulls", "inputs that are all null give null, and a count of 0", at_once([None, None]))
windows("nulls", "count of 1 counts rows with null inputs", at_once([None, 1.0]),
        OrderedDict(rows=feature("count", "1", "1h"), values=feature("count", "x", "1h")))
windows("nulls", "an event with a null key is of no entity", at_once([1.0]) + [ev("10:05:00", 9.0, None)])
windows("nulls", "an event without a time happened never", at_once([1.0]) + [["a", None, 9.0]])
windows("nulls", "an entity with null keys alone is not there", [ev("10:05:00", 9.0, None)])
windows("nulls", "one null among two keys is of no entity",
        [["a", "b", "2024-03-01T10:05:00Z", 1.0], ["a", None, "2024-03-01T10:06:00Z", 2.0],
         [None, "b", "2024-03-01T10:07:00Z", 4.0]],
        columns=["k string", "j string", "at timestamp", "x double"], keys=("k", "j"))
windows("nulls", "nulls of text", [ev("10:01:00", None), ev("10:02:00", "z"), ev("10:03:00", "b")],
        OrderedDict(n=feature("count", "x", "1h"), least=feature("min", "x", "1h"), most=feature("max", "x", "1h")),
        columns=["k string", "at timestamp", "x string"])

windows("not-a-number", "NaN makes sums NaN and is above every number", at_once([1.0, NAN, INF]))
windows("not-a-number", "NaN alone", at_once([NAN]))
windows("not-a-number", "the least of NaN and a number is the number", at_once([NAN, 3.0, NAN]))
windows("not-a-number", "NaN leaves with its window",
        [ev("10:00:30", NAN), ev("11:00:30", 1.0)], period="15m")
windows("not-a-number", "an infinity", at_once([1.0, INF]))
windows("not-a-number", "the other infinity", at_once([NINF, 1e308]))
windows("not-a-number", "both infinities cancel to NaN", at_once([INF, NINF, 1.0]))
windows("not-a-number", "an infinity leaves and the sum is finite again",
        [ev("10:00:30", INF), ev("10:20:30", NINF), ev("11:00:30", 1.5)], period="15m")
windows("not-a-number", "floats too", at_once([NAN, INF, 1.5]), columns=["k string", "at timestamp", "x float"])

windows("zeros", "minus zero is zero", at_once([-0.0]))
windows("zeros", "the least of 0.0 and -0.0 is 0.0", at_once([0.0, -0.0]))
windows("zeros", "the most of -0.0 and 0.0 is 0.0", at_once([-0.0, 0.0]))
windows("zeros", "a sum that cancels is 0.0", at_once([-1.5, 1.5]))
windows("zeros", "minus zero of floats", at_once([-0.0]), columns=["k string", "at timestamp", "x float"])

windows("denormals", "the least double", at_once(["0x1p-1074"]))
windows("denormals", "denormals add up exactly", at_once(["0x1p-1074", "0x1p-1073", "0x1p-1074"]))
windows("denormals", "a denormal beside a large number is rounded away once", at_once([1e300, "0x1p-1074"]))
windows("denormals", "a denormal remains when the large numbers cancel", at_once([1e300, "0x1p-1074", -1e300]))
windows("denormals", "across the border to normal numbers", at_once(["0x1.fffffffffffffp-1023", "0x1p-1074"]))
windows("denormals", "half of the least double rounds to even", at_once(["0x1p-1074", 0.0]))

windows("cancelling", "1e16 + 1 - 1e16 is 1", at_once([1e16, 1.0, -1e16]))
windows("cancelling", "in another order", at_once([1.0, -1e16, 1e16]))
windows("cancelling", "1e308 twice and back", at_once([1e308, 1e308, -1e308]))
windows("cancelling", "a tenth ten times is rounded once", at_once([0.1] * 10))
windows("cancelling", "far magnitudes", at_once([1e300, 1.0, 1e-300, -1e300, -1.0]))
windows("cancelling", "as the large ones leave",
        [ev("10:00:30", 1e16), ev("10:40:30", 1.0), ev("11:10:30", -1e16)], period="10m")
windows("cancelling", "halfway cases round to even", at_once([9007199254740992.0, 1.0]))
windows("cancelling", "a grain above halfway rounds up", at_once([9007199254740992.0, 1.0, "0x1p-1074"]))


def many(count, exponents):
    """Numbers of all signs and of these exponents in turn, all within five minutes, with their opposites for all but one in seven."""
    xs = [math.ldexp((1 - i % 2 * 2) * (1 + i * 2654435761 % 2**32 / 2**32), exponents[i * 7919 % len(exponents)])
          for i in range(count)]
    xs += [-x for i, x in enumerate(xs) if i % 7]
    return [ev("10:%02d:%02d.%06d" % (i * 7 % 5, i * 11 % 60, i), x) for i, x in enumerate(xs)]


# So many in one tile that engines may add them in another way than few.
SUMS = OrderedDict(total=feature("sum", "x", "7d"), mean=feature("avg", "x", "7d"), total_1d=feature("sum", "x", "1d"))
windows("cancelling", "thousands of like magnitudes", many(1000, range(-3, 12)), SUMS, period="1h")
windows("cancelling", "thousands of all magnitudes", many(1000, range(-1060, 1000, 19)), SUMS, period="1h")
windows("cancelling", "an infinity among thousands", many(1000, range(-3, 12)) + [ev("10:04:59.9", INF)], SUMS, period="1h")
windows("cancelling", "sums of floats are exact doubles", at_once([16777216.0, 1.0, -16777216.0]),
        columns=["k string", "at timestamp", "x float"])

LONGS = ["k string", "at timestamp", "x bigint"]
windows("overflow", "bigints to the limit", at_once([9223372036854775806, 1]), columns=LONGS)
windows("overflow", "a sum beyond 64 bits is an error that names the feature's call",
        at_once([9223372036854775807, 1]), columns=LONGS, error="In feature 'total': sum(x) is 9223372036854775808")
windows("overflow", "below 64 bits too", at_once([-9223372036854775808, -1]), columns=LONGS,
        error="that does not fit bigint")
windows("overflow", "beyond 64 bits on the way is none", at_once([9223372036854775807, 9223372036854775807, -9223372036854775807]), columns=LONGS)
windows("overflow", "ints add up as bigint", at_once([2147483647, 2147483647]), columns=["k string", "at timestamp", "x int"])
windows("overflow", "doubles overflow to infinity", at_once([1.7e308, 1.7e308]))
windows("overflow", "the average of bigints beyond 64 bits", at_once([9223372036854775807, 9223372036854775807]),
        OrderedDict(mean=feature("avg", "x", "1h")), columns=LONGS)
windows("overflow", "decimals are exact", at_once(["0.10", "0.20", "99999999.99"]),
        columns=["k string", "at timestamp", "x decimal(10,2)"])
windows("overflow", "a decimal beyond 38 digits is an error",
        at_once(["9" * 38, "1"]), columns=["k string", "at timestamp", "x decimal(38,0)"], error="that does not fit decimal(38,0)")

windows("ties", "events at one time all count", [ev("10:05:00", x) for x in (1.0, 2.0, 4.0)])
windows("ties", "equal events count each", [ev("10:05:00", 1.0)] * 3)
windows("ties", "an event and a time at once: it is not seen yet", [ev("10:30:00", 1.0), ev("10:30:00", 2.0)])
windows("ties", "keys tie in time", [ev("10:05:00", 1.0), ev("10:05:00", 2.0, "b")])
windows("ties", "a tie in the last microsecond before the time", [ev("10:29:59.999999", 1.0), ev("10:30:00", 2.0)])
windows("ties", "text of one time", [ev("10:05:00", "b"), ev("10:05:00", "a"), ev("10:05:00", "ab")],
        OrderedDict(least=feature("min", "x", "1h"), most=feature("max", "x", "1h")), columns=["k string", "at timestamp", "x string"])

ONE = OrderedDict(n=feature("count", "x", "1h"))
HOP = lambda over, hop: OrderedDict(n=feature("count", "x", over, hop), total=feature("sum", "x", over, hop))
windows("edges", "an event at the head of the window is not in it", [ev("11:00:00", 1.0)], period="1h")
windows("edges", "an event a microsecond before the head is", [ev("10:59:59.999999", 1.0)], period="1h")
windows("edges", "an event at the tail is in it", [ev("10:00:00", 1.0)], HOP("1h", "1m"), start="2024-03-01T11:00:00Z", period="1m", end="2024-03-01T11:03:00Z")
windows("edges", "an event a microsecond before the tail is not", [ev("09:59:59.999999", 1.0), ev("10:30:00", 2.0)], HOP("1h", "1m"), start="2024-03-01T11:00:00Z", period="1m", end="2024-03-01T11:03:00Z")
windows("edges", "the tail moves in hops", [ev("10:00:30", 1.0), ev("10:01:00", 2.0)], HOP("1h", "1m"), start="2024-03-01T11:00:00Z", period="10s", end="2024-03-01T11:03:00Z")
windows("edges", "a hop of five minutes", [ev("10:04:59.999999", 1.0), ev("10:05:00", 2.0), ev("10:09:00", 4.0)], HOP("1h", "5m"), start="2024-03-01T11:00:00Z", period="1m", end="2024-03-01T11:12:00Z")
windows("edges", "a hop of an hour", [ev("10:00:00", 1.0), ev("10:59:59.999999", 2.0), ev("11:00:00", 4.0)], HOP("2h", "1h"), start="2024-03-01T11:00:00Z", period="20m", end="2024-03-01T15:00:00Z")
windows("edges", "a hop of a day", [ev("00:00:00", 1.0), ev("23:59:59.999999", 2.0), ev("00:00:00", 4.0, day="2024-03-02")], HOP("2d", "1d"), start="2024-03-01T00:00:00Z", period="12h", end="2024-03-06T00:00:00Z")
windows("edges", "the hop is as long as the window", [ev("10:20:00", 1.0), ev("10:40:00", 2.0)], HOP("30m", "30m"), period="15m")
windows("edges", "a hop of a microsecond is exact", [ev("10:00:00.000001", 1.0), ev("10:00:00.000002", 2.0)], HOP("1s", "1us"), start="2024-03-01T10:00:01Z", end="2024-03-01T10:00:01.000005Z", period="1us")
windows("edges", "a hop that does not divide the window", [ev("10:00:00", 1.0), ev("10:07:00", 2.0), ev("10:13:00", 4.0)], HOP("20m", "7m"), period="3m", end="2024-03-01T11:00:00Z")
windows("edges", "a hop that does not divide the day", [ev("23:58:00", 1.0), ev("00:03:00", 2.0, day="2024-03-02")], HOP("30m", "7m"), start="2024-03-01T23:50:00Z", end="2024-03-02T01:00:00Z", period="5m")
windows("edges", "the hop is chosen: a minute for an hour", [ev("10:00:59", 1.0), ev("10:01:00", 2.0)], OrderedDict(n=feature("count", "x", "1h")), start="2024-03-01T11:00:00Z", end="2024-03-01T11:03:00Z", period="20s")
windows("edges", "the hop is chosen: five minutes for five hours", [ev("10:04:59", 1.0), ev("10:05:00", 2.0)], OrderedDict(n=feature("count", "x", "5h")), start="2024-03-01T15:00:00Z", end="2024-03-01T15:12:00Z", period="1m")
windows("edges", "the hop is chosen: an hour for three days", [ev("10:59:59", 1.0), ev("11:00:00", 2.0)], OrderedDict(n=feature("count", "x", "3d")), start="2024-03-04T10:30:00Z", end="2024-03-04T12:30:00Z", period="15m")
windows("edges", "the hop is chosen: a day for sixty days", [ev("23:59:59", 1.0), ev("00:00:00", 2.0, day="2024-03-02")], OrderedDict(n=feature("count", "x", "60d")), start="2024-04-30T00:00:00Z", end="2024-05-03T00:00:00Z", period="8h")
windows("edges", "several windows over one input", [ev("10:00:00", 1.0), ev("10:50:00", 2.0), ev("12:10:00", 4.0)],
        OrderedDict(a=feature("sum", "x", "1h"), b=feature("sum", "x", "2h"), c=feature("sum", "x", "1d"), d=feature("sum", "x", "all"), e=feature("count", "x", "1h")), end="2024-03-01T16:00:00Z")

# Daylight saving changes nothing: time is UTC. New York 2024-03-10 07:00Z and 2024-11-03 06:00Z, Berlin 2024-03-31 01:00Z.
for place, start in (("spring in New York", "2024-03-10T06:00:00Z"), ("autumn in New York", "2024-11-03T05:00:00Z"),
                     ("spring in Berlin", "2024-03-31T00:00:00Z"), ("autumn in Berlin", "2024-10-27T00:00:00Z")):
    base = micros(start)
    windows("daylight-saving", "hours of " + place, [["a", iso(base + i * span("20m")), float(i)] for i in range(10)],
            HOP("1h", "1h"), start=start, end=iso(base + span("5h")), period="30m")
    day = base // span("1d") * span("1d")
    windows("daylight-saving", "days of " + place, [["a", iso(day + i * span("7h")), float(i)] for i in range(8)],
            HOP("1d", "1d"), start=iso(day), end=iso(day + span("4d")), period="12h")

for year in ("1900-01-01", "1969-12-31", "0001-01-02", "1582-10-15", "9999-12-30", "2038-01-19"):
    base = micros(year + "T00:00:00Z")
    windows("far-years", "windows in " + year, [["a", iso(base + i * span("50m") - (i % 2)), float(i)] for i in range(1, 6)],
            HOP("1h", "1m"), start=iso(base), end=iso(base + span("6h")), period="30m")
windows("far-years", "the last microsecond of 1969", [["a", "1969-12-31T23:59:59.999999Z", 1.0], ["a", "1970-01-01T00:00:00Z", 2.0]],
        HOP("1h", "1h"), start="1970-01-01T00:00:00Z", end="1970-01-01T03:00:00Z", period="30m")
windows("far-years", "a lifetime from 1900 to 9999", [["a", "1900-01-01T00:00:00Z", 1.0], ["a", "9999-12-31T23:59:59.999998Z", 2.0]],
        OrderedDict(n=feature("count", "x", "all")), start="9999-12-31T23:59:59.999998Z", end="9999-12-31T23:59:59.999999Z", period="1us")

windows("empty", "no events at all", [])
windows("empty", "no events before the first time", [ev("18:00:00", 1.0)])
windows("empty", "events that have all left", [ev("01:00:00", 1.0)])
windows("empty", "empty between two events", [ev("10:10:00", 1.0), ev("12:40:00", 2.0)], end="2024-03-01T15:00:00Z")
windows("empty", "one window is empty and another is not", [ev("10:10:00", 1.0)],
        OrderedDict(short=feature("sum", "x", "30m", "1m"), n=feature("count", "x", "30m", "1m"), long=feature("sum", "x", "1d")), end="2024-03-01T12:00:00Z")
windows("empty", "a lifetime of no key and no events is a row", [], OrderedDict(n=feature("count", "x", "all"), total=feature("sum", "x", "all")), keys=(), once="2024-03-01T12:00:00Z")
windows("empty", "a lifetime of no key", at_once([1.0, None, 2.0]) + [ev("12:00:00", 8.0)], OrderedDict(n=feature("count", "x", "all"), total=feature("sum", "x", "all")), keys=(), once="2024-03-01T12:00:00Z")
windows("empty", "no key over times", at_once([1.0, 2.0]) + [ev("11:30:00", 4.0, "b")], keys=())

MIXED = [ev("11:10:00", 1.0), ev("10:01:00", 2.0), ev("12:15:00", 4.0), ev("10:59:59.999999", 8.0), ev("09:00:00", 16.0)]
windows("order", "events out of order", MIXED)
windows("order", "the same events in order", sorted(MIXED, key=lambda e: e[1]))
windows("order", "the same events backwards", sorted(MIXED, key=lambda e: e[1], reverse=True))
windows("order", "keys mixed up", [ev("10:%02d:00" % (i * 7 % 60), float(i), "abc"[i % 3]) for i in range(20)])
windows("order", "an event a day late counts in its time", [ev("10:30:00", 1.0, day="2024-03-02"), ev("10:30:00", 2.0)], OrderedDict(d=feature("sum", "x", "1d")), end="2024-03-03T12:00:00Z", period="6h")
windows("order", "duplicates count unless they are taken out", [ev("10:05:00", 1.0)] * 2 + [ev("10:06:00", 2.0)])
dup = {"columns": ["id bigint"] + COLUMNS, "rows": [[1] + ev("10:05:00", 1.0), [1] + ev("10:05:00", 1.0), [2] + ev("10:06:00", 2.0), [2] + ev("10:07:00", 64.0), [3] + ev("10:05:00", 4.0)]}
events = OrderedDict(rows={"deduplicate": {"input": {"scan": "events"}, "keys": ["id"], "event-time": "at"}}, keys=["k"], features=ALL)
events["event-time"] = "at"
first = dict(dup, rows=[dup["rows"][0], dup["rows"][2], dup["rows"][4]])
case("order", "duplicates taken out before windows", {"window-aggregate": {"events": events, "every": {"start": "2024-03-01T10:00:00Z", "end": "2024-03-01T13:00:00Z", "period": "30m"}}},
     {"events": dup}, expected=every(first, events, times("2024-03-01T10:00:00Z", "2024-03-01T13:00:00Z", "30m")))

TWO = ["k string", "j string", "at timestamp", "x double"]
def two(k, j, x): return [k, j, "2024-03-01T10:05:00Z", x]
windows("keys", "(1, 23) is not (12, 3)", [two("1", "23", 1.0), two("12", "3", 2.0)], columns=TWO, keys=("k", "j"), end="2024-03-01T11:00:00Z")
windows("keys", "(a|b, c) is not (a, b|c)", [two("a|b", "c", 1.0), two("a", "b|c", 2.0), two("a\u0000", "b", 4.0), two("a", "\u0000b", 8.0)], columns=TWO, keys=("k", "j"), end="2024-03-01T11:00:00Z")
windows("keys", "an empty text is a key", [two("", "a", 1.0), two("a", "", 2.0), two("", "", 4.0)], columns=TWO, keys=("k", "j"), end="2024-03-01T11:00:00Z")
windows("keys", "the text null is not null", [ev("10:05:00", 1.0, "null"), ev("10:05:00", 2.0, None)])
windows("keys", "capital letters and blanks tell apart", [ev("10:05:00", float(i), k) for i, k in enumerate(["a", "A", " a", "a ", "ａ"])], end="2024-03-01T11:00:00Z")
windows("keys", "unicode as it is: composed and not", [ev("10:05:00", 1.0, "\u00e9"), ev("10:05:00", 2.0, "e\u0301")], end="2024-03-01T11:00:00Z")
windows("keys", "unicode beyond 16 bits", [ev("10:05:00", 1.0, "\U0001F600"), ev("10:06:00", 2.0, "\U0001F601"), ev("10:07:00", 4.0, "\U0001F600"), ev("10:05:00", 8.0, "\u0627\u0644"), ev("10:05:00", 16.0, "\u6771\u4eac")], end="2024-03-01T11:00:00Z")
windows("keys", "keys of 10,000 letters that differ in the last", [ev("10:05:00", 1.0, "x" * 9999 + "a"), ev("10:06:00", 2.0, "x" * 9999 + "b")], ONE, start="2024-03-01T11:00:00Z", end="2024-03-01T11:00:01Z")
windows("keys", "a bigint key", [[k, "2024-03-01T10:05:00Z", 1.0] for k in (0, -1, 9223372036854775807, -9223372036854775808, 1, 1)], columns=["k bigint", "at timestamp", "x double"], end="2024-03-01T11:00:00Z")
windows("keys", "an int and a date key", [[1, "2024-02-29", "2024-03-01T10:05:00Z", 1.0], [1, "2024-03-01", "2024-03-01T10:05:00Z", 2.0]], columns=["k int", "j date", "at timestamp", "x double"], keys=("k", "j"), end="2024-03-01T11:00:00Z")
windows("keys", "a boolean key", [[k, "2024-03-01T10:05:00Z", 1.0] for k in (True, False, True)], columns=["k boolean", "at timestamp", "x double"], end="2024-03-01T11:00:00Z")
windows("keys", "a column with a dot and a backtick for a key", [["a", "2024-03-01T10:05:00Z", 1.0], ["b", "2024-03-01T10:05:00Z", 2.0]], columns=["k.1 `x string", "at timestamp", "x double"], keys=("k.1 `x",), end="2024-03-01T11:00:00Z")
windows("keys", "a hundred keys", [ev("10:05:00", float(i), "k%d" % i) for i in range(100)], ONE, start="2024-03-01T11:00:00Z", end="2024-03-01T11:00:01Z")

for kind, xs in (("string", ["b", "", "\u00df", "a", "\U0001F600", "\uffee"]), ("date", ["2024-02-29", "1900-01-01", "9999-12-31"]),
                 ("timestamp", ["2024-02-29T00:00:00.000001Z", "1900-01-01T00:00:00Z"]), ("boolean", [True, False]), ("int", [3, -4]),
                 ("bigint", [3, -4]), ("decimal(10,2)", ["3.10", "-4.20"]), ("float", [1.5, -2.5])):
    windows("orders", "the least and the most of " + kind, at_once(xs), OrderedDict(least=feature("min", "x", "1h"), most=feature("max", "x", "1h"), n=feature("count", "x", "1h")), columns=["k string", "at timestamp", "x " + kind])

# -- every other aggregation, over windows of each kind

HOURS = (("1h", None), ("2h", "exact"), ("all", None), ("session 15m", None))


def over_each(function, inputs, *parameters):
    return OrderedDict(("v%d" % i, call(function, inputs, over, *parameters, hop=hop)) for i, (over, hop) in enumerate(HOURS))


def spread(xs):
    """Events of two keys, minutes and hours apart, two at one time, out of order."""
    offsets = [1, 9, 14, 14, 31, 62, 75, 130, 140, 141]
    rows = [[("a", "b")[i % 3 == 2], iso(micros("2024-03-01T10:00:00Z") + offsets[i] * span("1m")), x] for i, x in enumerate(xs)]
    return rows[::2] + rows[1::2]


DOUBLES = [0.1, 2.5, None, -3.75, 1e16, 1.0, -1e16, 0.1, 7.0, 0.1]
FEW = ["aa", "bb", "aa", None, "cc", "bb", "aa", "dd", "bb", "ee"]
for name in MOMENTS:
    windows("moments", name.replace("_", " "), spread(DOUBLES), over_each(name, ["x"]))
    windows("moments", name.replace("_", " ") + " of bigints", spread([3, 1, None, 4, 1, -5, 9, 2, 6, 5]), over_each(name, ["x"]), columns=LONGS)
    windows("moments", name.replace("_", " ") + " of one and of equal numbers", at_once([2.5]) + at_once([0.1, 0.1, 0.1], "b"), OrderedDict(v=call(name, ["x"], "1h")))
windows("moments", "a number that is not finite, and leaves", [ev("10:01:00", 1.0), ev("10:02:00", INF), ev("10:40:00", 3.0), ev("11:10:00", 5.0)], OrderedDict((f, call(f, ["x"], "1h")) for f in MOMENTS), period="20m")
PAIRS = ["k string", "at timestamp", "x double", "y double"]
pairs = [row + [y] for row, y in zip(spread(DOUBLES), [1.0, 2.0, 3.0, None, 0.5, -1e15, 2.25, 4.0, 8.0, -2.0])]
for name in CO_MOMENTS:
    windows("moments", name.replace("_", " "), pairs, over_each(name, ["x", "y"]), columns=PAIRS)
windows("moments", "columns on one line correlate by 1 and -1, and a constant with nothing", [[k, "2024-03-01T10:%02d:00Z" % i, float(i), {"a": 3.0 * i, "b": -0.5 * i, "c": 7.0}[k]] for k in "abc" for i in range(1, 6)],
        OrderedDict(c=call("correlation", ["x", "y"], "1h")), columns=PAIRS)

TEXTS = ["k string", "at timestamp", "x string"]
for name, parameters in (("first", ()), ("last", ()), ("first_k", (3,)), ("last_k", (3,))):
    windows("ranked", name + ", ties by bytes", spread(FEW), over_each(name, ["x", "event_time()"], *parameters), columns=TEXTS)
for name in ("top_k", "bottom_k"):
    windows("ranked", name + " of doubles, NaN above all", spread([2.5, NAN, -1.0, None, 2.5, -0.0, 0.0, INF, 1.0, 2.5]), over_each(name, ["x"], 3))
    windows("ranked", name + " of text", spread(FEW), over_each(name, ["x"], 2), columns=TEXTS)
    windows("ranked", name + " by another column, ties by time and bytes", [r + [n] for r, n in zip(spread(FEW), [1, 5, 3, 3, 2, None, 5, 3, 1, 5])],
            over_each(name + "_by", ["x", "n", "event_time()"], 3), columns=TEXTS + ["n bigint"])
windows("ranked", "time since the last event with a value", spread(DOUBLES), over_each("time_since_last", ["x", "event_time()"]))

windows("distinct", "a count of different values", spread(FEW), over_each("count_distinct", ["x"], 10), columns=TEXTS)
windows("distinct", "beyond the bound is an error", at_once([1.0, 2.0, 3.0]), OrderedDict(n=call("count_distinct", ["x"], "1h", 2)), error="count_distinct(x; 2)")
windows("distinct", "different values, ascending", spread(FEW), over_each("collect_distinct", ["x"], 10), columns=TEXTS)
windows("distinct", "zeros are one, all NaN are one", at_once([0.0, -0.0, NAN, NAN, 1.0]), OrderedDict(n=call("count_distinct", ["x"], "1h", 10), values=call("collect_distinct", ["x"], "1h", 10)), error=None)
windows("distinct", "the most frequent, ties by bytes", spread(FEW), over_each("most_frequent_k", ["x"], 2, 10), columns=TEXTS)
windows("distinct", "an approximate count of few is exact", spread(FEW), over_each("approx_count_distinct", ["x"], 12), columns=TEXTS)

SMALL = spread([12, 200, None, 3, 3, 47, 256, 0, 99, 18])
windows("distributions", "the median of small whole numbers", SMALL, over_each("approx_percentile", ["x"], 0.5), columns=LONGS)
windows("distributions", "quantiles of small whole numbers", SMALL, over_each("approx_percentiles", ["x"], 0.0, 0.25, 0.9, 1.0), columns=LONGS)
windows("distributions", "a histogram", spread([0.5, 1.0, None, 9.99, 10.0, -3.0, NAN, INF, NINF, 1.5]), over_each("histogram", ["x"], 0.0, 1.0, 10.0))

YES = ["k string", "at timestamp", "x boolean"]
for name in ("count_if", "bool_any", "bool_all"):
    windows("conditions", name, spread([True, False, None, True, True, None, False, True, False, True]), over_each(name, ["x"]), columns=YES)

for name in ("vector_sum", "vector_mean"):
    windows("vectors", name, spread([[1.5, 2.0], [0.25, -1.0], None, [1e30, 0.0], [-1e30, 4.0], [0.5, 0.5], [1.0, 1.0], [3.0, NAN], [2.0, INF], [8.0, -8.0]]), over_each(name, ["x"], 2), columns=["k string", "at timestamp", "x vector(2)"])
    windows("vectors", name + " of arrays of doubles", at_once([[1e300, 1.0], [-1e300, 2.0], [1.0, 4.0]]), OrderedDict(v=call(name, ["x"], "1h", 2)), columns=["k string", "at timestamp", "x array<double>"])
windows("vectors", "of another size is an error", at_once([[1.0, 2.0], [1.0]]), OrderedDict(v=call("vector_sum", ["x"], "1h", 2)), columns=["k string", "at timestamp", "x array<double>"], error="it takes vectors of 2 elements")

for name, rows in (("an event within the gap continues it", [ev("10:00:00", 1.0), ev("10:14:59.999999", 2.0), ev("10:29:00", 4.0)]),
                   ("an event a gap later begins another", [ev("10:00:00", 1.0), ev("10:15:00", 2.0), ev("10:16:00", 4.0)]),
                   ("none is open a gap after the last", [ev("10:00:00", 1.0)]),
                   ("events that join two runs", [ev("10:00:00", 1.0), ev("10:20:00", 2.0), ev("10:10:00", 4.0)])):
    windows("sessions", name, rows, OrderedDict(n=feature("count", "x", "session 15m"), total=feature("sum", "x", "session 15m"), least=feature("min", "x", "session 15m")), period="5m", end="2024-03-01T11:00:00Z")
windows("sessions", "sessions beside other windows", spread(DOUBLES), OrderedDict(s=feature("sum", "x", "session 15m"), h=feature("sum", "x", "1h"), e=feature("sum", "x", "20m", "exact"), all=feature("sum", "x", "all")))
windows("sessions", "an exact window has an exact tail", [ev("10:00:00", 1.0), ev("10:00:00.000001", 2.0)], OrderedDict(n=feature("sum", "x", "1h", "exact")), start="2024-03-01T11:00:00Z", end="2024-03-01T11:00:00.000003Z", period="1us")

# -- as-of joins


def join(name, spine_rows, event_rows, features=ALL, columns=COLUMNS, keys=("k",), spine_columns=("k string", "at timestamp", "n int"), available=None):
    table = {"columns": columns, "rows": event_rows}
    events, kinds = loaded(table, keys, "at", available)
    events = known(events)
    names = [c.rsplit(" ", 1)[0] for c in spine_columns]
    rows = []
    for row in spine_rows:
        key = tuple(row[names.index(k)] for k in keys)
        at = row[names.index("at")]
        mine = [e for e in events if e["#key"] == key]
        result = list(row)
        for f in features.values():
            v, kind = value(mine if at is not None else [], f, micros(at) if at else 0, kinds)
            result.append(as_json(kind, v))
        rows.append(result)
    result_columns = list(spine_columns) + ["v__%s %s" % (n, value([], f, 0, kinds)[1]) for n, f in features.items()]
    lookup = events_of(keys, features, available)
    case("as-of-join", name, {"as-of-join": {"spine": {"scan": "spine"}, "time": "at", "lookups": {"v": lookup}}},
         {"spine": {"columns": list(spine_columns), "rows": spine_rows}, "events": table}, expected={"columns": result_columns, "rows": rows})


def ask(at, n, k="a"):
    return [k, "2024-03-01T%sZ" % at, n]


join("only events before the time count", [ask("10:05:00", 1), ask("10:05:00.000001", 2), ask("11:00:00", 3)], [ev("10:05:00", 1.0), ev("10:30:00", 2.0), ev("12:00:00", 4.0)])
join("a planted event of the future never shows", [ask("10:05:00", 1)], [ev("10:04:00", 1.0), ev("10:05:01", 1e9), ev("23:00:00", 1e9)])
join("equal rows of the spine stay as many", [ask("11:00:00", 1)] * 3, [ev("10:30:00", 2.0)])
join("an entity without events", [ask("11:00:00", 1, "z")], [ev("10:30:00", 2.0)])
join("a null key of the spine meets nothing", [ask("11:00:00", 1, None)], [ev("10:30:00", 2.0, None), ev("10:30:00", 2.0)])
join("a row without a time sees nothing", [["a", None, 1], ask("11:00:00", 2)], [ev("10:30:00", 2.0)])
join("the spine out of order", [ask("12:10:00", 1), ask("10:31:00", 2), ask("11:40:00", 3), ask("09:00:00", 4)], MIXED)
join("no events", [ask("11:00:00", 1)], [])
join("no spine", [], [ev("10:30:00", 2.0)])
join("keys that collide when concatenated", [["1", "23", "2024-03-01T11:00:00Z"], ["12", "3", "2024-03-01T11:00:00Z"]], [two("1", "23", 1.0), two("12", "3", 2.0)], columns=TWO, keys=("k", "j"), spine_columns=("k string", "j string", "at timestamp"))
join("windows of several lengths", [ask("%02d:30:00" % h, h) for h in range(9, 15)], MIXED, OrderedDict(a=feature("sum", "x", "1h"), b=feature("max", "x", "2h"), c=feature("avg", "x", "all")))
join("sessions and exact windows, as of each time", [ask("10:%02d:00" % m, m) for m in range(0, 60, 7)], at_once([1.0, 2.0]) + [ev("10:20:00", 4.0), ev("10:34:59.999999", 8.0)], OrderedDict(s=feature("sum", "x", "session 15m"), e=feature("sum", "x", "10m", "exact"), d=call("sample_stddev", ["x"], "1h"), l=call("last", ["x", "event_time()"], "all")))
join("sums that cancel, as of each time", [ask("10:%02d:30" % m, m) for m in range(0, 5)], at_once([1e16, 1.0, -1e16]))

# The latest values alone, for which an engine may leave out events that no request sees.
LATEST = OrderedDict(a=call("last", ["x", "event_time()"], "all"), h=call("last", ["x", "event_time()"], "1h"), e=call("last", ["x", "event_time()"], "10m", hop="exact"))
TIED = [ev("10:05:00", x) for x in (1.0, None, -3.0, -0.0, 2.0)]
join("the latest of ties in time", [ask("10:10:00", 1), ask("10:05:00", 2), ask("10:05:00.000001", 3)], TIED, LATEST)
join("the latest with a value, between many times", [ask("10:%02d:00" % m, m) for m in range(0, 60, 3)], [ev("10:%02d:%02d" % (m, s), None if (m + s) % 4 == 0 else m + s / 64) for m in range(0, 60, 2) for s in (0, 59)], LATEST)
join("the latest of several keys, asked for at one time", [ask("11:00:00", 1), ask("11:00:00", 2, "b"), ask("11:00:00", 3, "c"), ask("11:00:00", 4), ask("11:00:00", 5, None)], [ev("10:30:00", 2.0), ev("10:55:00", 3.0, "b"), ev("10:56:00", 4.0, None), ev("11:00:00", 5.0)], LATEST)
join("the latest before and after all events", [ask("09:00:00", 1), ask("23:00:00", 2), ["a", None, 3]], MIXED, LATEST)
join("the latest of two inputs, each with nulls of its own", [ask("10:%02d:00" % m, m) for m in range(0, 40, 5)], [["a", "2024-03-01T10:%02d:00Z" % m, x, y] for m, x, y in ((1, 1.0, None), (2, None, None), (11, None, 2.0), (12, 3.0, None), (13, None, 4.0))], OrderedDict(x=call("last", ["x", "event_time()"], "all"), y=call("last", ["y", "event_time()"], "30m", hop="1m")), columns=COLUMNS + ["y double"])

# Rows that become known later than they happened.
LATE = COLUMNS + ["known timestamp"]
def late(at, known, x, k="a"): return [k, "2024-03-01T%sZ" % at, x, known and "2024-03-01T%sZ" % known]
WAITING = [late("10:00:00", "10:40:00", 1.0), late("10:10:00", "10:10:00", 2.0), late("10:20:00", "10:15:00", 4.0), late("10:05:00", "12:00:00", 8.0), late("10:30:00", "10:30:00.000001", 16.0), late("09:00:00", "23:00:00", 32.0), late("10:02:00", None, 64.0), late("10:03:00", "10:50:00", 128.0, "b")]
KNOWN = OrderedDict(h=feature("sum", "x", "1h"), e=feature("sum", "x", "25m", "exact"), m=feature("max", "x", "2h"), n=feature("count", "x", "all"), l=call("last", ["x", "event_time()"], "all"), f=call("first", ["x", "event_time()"], "1h"))
windows("available-at", "rows count from when they are known", WAITING, KNOWN, columns=LATE, period="5m", available="known")
windows("available-at", "a row known in the microsecond of the time counts, one known after it does not", [late("10:00:00", "11:00:00", 1.0), late("10:00:00", "11:00:00.000001", 2.0), late("11:00:00", "10:00:00", 4.0)], KNOWN, columns=LATE, start="2024-03-01T11:00:00Z", end="2024-03-01T11:00:00.000003Z", period="1us", available="known")
windows("available-at", "all of them at one time", WAITING, OrderedDict(n=feature("count", "x", "all"), s=feature("sum", "x", "all")), columns=LATE, keys=(), once="2024-03-01T10:45:00Z", available="known")
windows("available-at", "none is known yet", [late("10:00:00", "23:00:00", 1.0)], KNOWN, columns=LATE, available="known")
windows("available-at", "a late row that no window reaches any more", [late("10:00:00", "12:30:00", 1.0), late("12:20:00", "12:20:00", 2.0)], OrderedDict(h=feature("sum", "x", "1h"), m=feature("min", "x", "1h")), columns=LATE, period="10m", available="known")
join("rows that are known at each time alone", [ask("10:%02d:00" % m, m) for m in range(0, 60, 5)] + [ask("23:00:00", 99), ask("10:50:00", 100, "b"), ask("10:49:59.999999", 101, "b")], WAITING, KNOWN, columns=LATE, available="known")
join("the latest of what is known", [ask("10:%02d:00" % m, m) for m in range(0, 60, 5)] + [ask("23:00:00", 99)], WAITING, LATEST, columns=LATE, available="known")
join("an earlier row that becomes known between two times", [ask("11:00:00", 1), ask("12:00:00", 2), ask("13:00:00", 3)], [late("10:00:00", "10:00:00", 1.0), late("09:30:00", "11:30:00", 2.0), late("10:00:00", "12:30:00", 4.0)], LATEST, columns=LATE, available="known")

# -- tiles: their keys and starts; their bytes are between engines and tested there


def tiles(name, rows, features, end, expected, columns=COLUMNS, available=None):
    events = events_of(("k",), features, available)
    case("tiles", name, {"project": {"input": {"window-aggregate": {"events": events, "tiles": end}}, "columns": {"k": "k", "hop": "hop div 1000000", "hop_start": "hop_start", "full": "octet_length(tile) > 0"}}},
         {"events": {"columns": columns, "rows": rows}}, expected={"columns": ["k string", "hop bigint", "hop_start timestamp", "full boolean"], "rows": expected})


D = "2024-03-01T"
tiles("one for each hop that has an event", [ev("10:00:10", 1.0), ev("10:00:50", 2.0), ev("10:01:00", 4.0), ev("10:30:00", 8.0, "b")], ONE, "2024-03-01T11:00:00Z",
      [["a", 60, D + "10:00:00Z", True], ["a", 60, D + "10:01:00Z", True], ["b", 60, D + "10:30:00Z", True]])
tiles("those that no window reaches are left out", [ev("09:58:59.999999", 1.0), ev("09:59:30", 1.0), ev("10:00:00", 2.0)], ONE, "2024-03-01T10:59:30Z", [["a", 60, D + "09:59:00Z", True], ["a", 60, D + "10:00:00Z", True]])
tiles("events from the end on are left out", [ev("10:59:59.999999", 1.0), ev("11:00:00", 2.0)], ONE, "2024-03-01T11:00:00Z", [["a", 60, D + "10:59:00Z", True]])
tiles("each hop has its own", [ev("10:00:10", 1.0)], OrderedDict(a=feature("sum", "x", "1h"), b=feature("sum", "x", "3d"), c=feature("count", "x", "3d")), "2024-03-01T11:00:00Z", [["a", 60, D + "10:00:00Z", True], ["a", 3600, D + "10:00:00Z", True]])
tiles("rows that are not known yet are left out", [late("10:00:00", "11:00:00", 1.0), late("10:01:00", "11:00:00.000001", 2.0)], ONE, "2024-03-01T11:00:00Z", [["a", 60, D + "10:00:00Z", True]], columns=LATE, available="known")
tiles("none without events", [], ONE, "2024-03-01T11:00:00Z", [])


def open_tiles(name, rows, features, end, expected, hops=True):
    hop = OrderedDict(hop="hop div 1000000", hop_start="hop_start") if hops else {}
    types = ["hop bigint", "hop_start timestamp"] if hops else []
    events = events_of(("k",), features, None)
    case("tiles", name, {"project": {"input": {"window-aggregate": {"events": events, "open-tiles": end}}, "columns": OrderedDict(k="k", **hop, end="`end`")}},
         {"events": {"columns": COLUMNS, "rows": rows}}, expected={"columns": ["k string"] + types + ["end timestamp"], "rows": expected})


FUTURE = [ev("10:00:00", 1.0), ev("10:29:59", 1.0, "b"), ev("10:30:00", 1.0, "b"), ev("12:30:00", 2.0, "b")]
open_tiles("an event from the end on is of its own key's tiles and end alone", FUTURE, ONE, "2024-03-01T10:30:00Z",
           [["a", 60, D + "10:00:00Z", D + "10:30:00Z"], ["b", 60, D + "10:29:00Z", D + "12:30:00.000001Z"], ["b", 60, D + "10:30:00Z", D + "12:30:00.000001Z"], ["b", 60, D + "12:30:00Z", D + "12:30:00.000001Z"]])
open_tiles("an event at the end itself is after it", [ev("10:30:00", 1.0), ev("10:29:59.999999", 1.0, "b")], ONE, "2024-03-01T10:30:00Z",
           [["a", 60, D + "10:30:00Z", D + "10:30:00.000001Z"], ["b", 60, D + "10:29:00Z", D + "10:30:00Z"]])
open_tiles("lifetimes have their end too", FUTURE, OrderedDict(a=feature("count", "x", "all")), "2024-03-01T10:30:00Z",
           [["a", D + "10:30:00Z"], ["b", D + "12:30:00.000001Z"]], hops=False)
open_tiles("tiles that no reader at the end reaches are left out all the same", [ev("09:00:00", 1.0), ev("10:00:00", 1.0, "b"), ev("12:30:00", 1.0, "b")], ONE, "2024-03-01T10:30:00Z",
           [["b", 60, D + "10:00:00Z", D + "12:30:00.000001Z"], ["b", 60, D + "12:30:00Z", D + "12:30:00.000001Z"]])



# -- several views beside each other, and what is computed of their values


def joins(name, spine_columns, spine_rows, views, computed=None):
    """Each view is (keys, features, columns, rows) under its prefix; computed are (name, type, expression, a function of the named row)."""
    names = [c.rsplit(" ", 1)[0] for c in spine_columns]
    columns, rows = list(spine_columns), [list(row) for row in spine_rows]
    tables, lookups = {"spine": {"columns": list(spine_columns), "rows": spine_rows}}, OrderedDict()
    for prefix, (keys, features, of, events) in views.items():
        tables[prefix] = {"columns": of, "rows": events}
        lookups[prefix] = dict(events_of(keys, features), rows={"scan": prefix})
        loaded_events, kinds = loaded(tables[prefix], keys, "at", None)
        for row, asked in zip(rows, spine_rows):
            mine = [e for e in known(loaded_events) if e["#key"] == tuple(asked[names.index(k)] for k in keys)]
            for f in features.values():
                v, kind = value(mine, f, micros(asked[names.index("at")]), kinds)
                row.append(as_json(kind, v))
        columns += ["%s__%s %s" % (prefix, n, value([], f, 0, kinds)[1]) for n, f in features.items()]
    plan = {"as-of-join": {"spine": {"scan": "spine"}, "time": "at", "lookups": lookups}}
    if computed:
        of = [c.rsplit(" ", 1)[0] for c in columns]
        plan = {"project": OrderedDict(input=plan, columns=OrderedDict([(c, c) for c in of if c != "n"] + [(n, e) for n, _, e, _ in computed]))}
        rows = [[v for c, v in zip(of, row) if c != "n"] + [f(dict(zip(of, row))) for _, _, _, f in computed] for row in rows]
        columns = [c for c in columns if c != "n int"] + ["%s %s" % (n, t) for n, t, _, _ in computed]
    case("as-of-join", name, plan, tables, expected={"columns": columns, "rows": rows})


SHOP = OrderedDict(n=feature("count", "x", "1h"), most=feature("max", "x", "all"))
SPENT = OrderedDict(n=feature("count", "x", "1h"), total=feature("sum", "x", "2h"))
BOTH = OrderedDict(
    spend=(("k",), SPENT, COLUMNS, [ev("10:05:00", 1.0), ev("10:30:00", 2.5), ev("11:10:00", 4.0, "b")]),
    takings=(("j",), SHOP, ["j string", "at timestamp", "x double"], [ev("10:01:00", 8.0, "s"), ev("10:50:00", -1.0, "t"), ev("11:20:00", 16.0, "s")]),
    pair=(("j", "k"), OrderedDict(n=feature("count", "x", "all")), ["j string", "k string", "at timestamp", "x double"], [["s", "a", "2024-03-01T10:30:00Z", 1.0], ["a", "s", "2024-03-01T10:30:00Z", 1.0]]))
REQUESTS = [["a", "s", "2024-03-01T10:31:00Z", 1], ["a", "t", "2024-03-01T11:00:00Z", 2], ["b", "s", "2024-03-01T11:30:00Z", 3], ["b", None, "2024-03-01T11:30:00Z", 4], ["z", "z", "2024-03-01T11:30:00Z", 5]]
joins("views of several entities beside each other", ["k string", "j string", "at timestamp", "n int"], REQUESTS, BOTH)
joins("what is computed of a request and looked-up values", ["k string", "j string", "at timestamp", "n int"], REQUESTS, BOTH, [
    ("share", "double", "n / (n + spend__total)", lambda r: None if r["spend__total"] is None else r["n"] / (r["n"] + r["spend__total"])),
    ("is_new", "boolean", "takings__most is null", lambda r: r["takings__most"] is None)])

# -- projections and filters


def project(topic, name, columns, rows, computed, expected, where=None, error=None, inner=None):
    plan = {"project": OrderedDict(input=inner or {"scan": "t"}, columns=OrderedDict((n, e) for n, _, e in computed))}
    if where:
        plan["project"]["where"] = where
    outcome = {"error": error} if error else {"expected": {"columns": ["%s %s" % (n, t) for n, t, _ in computed], "rows": expected}}
    case(topic, name, plan, {"t": {"columns": columns, "rows": rows}}, **outcome)


def scalar(name, columns, row, *computed):
    """Each computed is (expression, type, value)."""
    project("expressions", name, columns, [row], [("v%d" % i, t, e) for i, (e, t, _) in enumerate(computed)], [[v for _, _, v in computed]])


N = ["i int", "l bigint", "d double", "m decimal(10,2)", "none bigint"]
V = [-7, 40, 2.25, "12.35", None]
scalar("arithmetic", N, V, ("i + l", "bigint", 33), ("l / 16", "double", 2.5), ("i % 3", "int", -1), ("pmod(i, 3)", "int", 2), ("i div 2", "bigint", -3), ("-d", "double", -2.25))
scalar("decimals", N, V, ("m * 2", "decimal(12,2)", "24.70"), ("m + 0.005", "decimal(12,3)", "12.355"), ("round(m, 1)", "decimal(10,1)", "12.4"), ("m / 5", "decimal(14,6)", "2.470000"), ("cast(m as decimal(4,1))", "decimal(4,1)", "12.4"))
scalar("rounding", N, V, ("floor(d)", "bigint", 2), ("ceil(-d)", "bigint", -2), ("round(d, 1)", "double", 2.3), ("bround(2.5D, 0)", "double", 2.0), ("rint(3.5D)", "double", 4.0), ("cast(-2.9D as int)", "int", -2))
scalar("mathematics", N, V, ("sqrt(d)", "double", 1.5), ("power(2, 10)", "double", 1024.0), ("abs(i)", "int", 7), ("sign(i)", "double", -1.0), ("log2(8)", "double", 3.0), ("hypot(3, 4)", "double", 5.0))
scalar("comparison with null", N, V, ("none = 1", "boolean", None), ("none <=> null", "boolean", True), ("none is null", "boolean", True), ("coalesce(none, l)", "bigint", 40), ("nullif(l, 40)", "bigint", None), ("not (none > 1)", "boolean", None))
scalar("three-valued logic", N, V, ("none > 1 and false", "boolean", False), ("none > 1 or true", "boolean", True), ("none > 1 and true", "boolean", None), ("l in (1, null)", "boolean", None), ("l in (40, null)", "boolean", True), ("l not in (1, null)", "boolean", None))
scalar("choice", N, V, ("if(l >= 15, 1.0, 0.0)", "decimal(2,1)", "1.0"), ("case when l > 50 then 'big' when l > 10 then 'mid' end", "string", "mid"), ("case l when 1 then 'one' end", "string", None), ("greatest(i, l, none)", "bigint", 40), ("least(i, l, none)", "bigint", -7), ("nvl2(none, 1, 2)", "int", 2))
scalar("a branch that is not taken is not computed", N, V, ("if(l = 40, 1, l div (l - 40))", "bigint", 1), ("coalesce(l, l div (l - 40))", "bigint", 40), ("case when l = 40 then 0 else 1 div (l - 40) end", "bigint", 0))
scalar("trying", N, V, ("try_divide(l, 0)", "double", None), ("try_add(l, 9223372036854775807)", "bigint", None), ("try_cast('x' as int)", "int", None), ("try_multiply(i, 2147483647)", "int", None), ("try_to_number('12', '99')", "decimal(2,0)", "12"))
scalar("small integers are stored as ints", N, V, ("cast(i as smallint)", "int", -7), ("cast(i as tinyint)", "int", -7), ("array(cast(i as smallint))", "array<int>", [-7]))
scalar("bits", N, V, ("l & 12", "bigint", 8), ("l | 3", "bigint", 43), ("l ^ 8", "bigint", 32), ("shiftleft(l, 2)", "bigint", 160), ("shiftright(i, 1)", "int", -4), ("bit_count(l)", "int", 2))
F = ["x double", "y double"]
scalar("NaN equals itself and is above all", F, ["NaN", "Infinity"], ("x = x", "boolean", True), ("x > y", "boolean", True), ("isnan(x)", "boolean", True), ("nanvl(x, 1.0D)", "double", 1.0), ("greatest(x, y)", "double", "NaN"), ("least(x, y)", "double", "Infinity"))
scalar("minus zero equals zero", F, [-0.0, 0.0], ("x = y", "boolean", True), ("x < y", "boolean", False), ("x + y", "double", 0.0), ("x", "double", -0.0), ("cast(x as string)", "string", "-0.0"))
scalar("infinities", F, ["Infinity", "-Infinity"], ("x + y", "double", "NaN"), ("x * -1", "double", "-Infinity"), ("x - 1e308", "double", "Infinity"), ("cast(x as string)", "string", "Infinity"))
scalar("doubles as text", F, [1e16, 0.1], ("cast(x as string)", "string", "1.0E16"), ("cast(y as string)", "string", "0.1"), ("cast('0x1' is null as string)", "string", "false"), ("cast(' 1.5 ' as double)", "double", 1.5), ("cast('1e3' as double)", "double", 1000.0))
S = ["s string", "b binary"]
T = [" Stra\u00dfe 9 ", "616263"]
scalar("text", S, T, ("upper(trim(s))", "string", "STRASSE 9"), ("length(s)", "int", 10), ("octet_length(s)", "int", 11), ("substring(s, 2, 6)", "string", "Stra\u00dfe"), ("concat(trim(s), '|')", "string", "Stra\u00dfe 9|"), ("instr(s, '\u00df')", "int", 6))
scalar("padding and replacing", S, T, ("lpad('7', 3, '0')", "string", "007"), ("rpad('7', 3, '*')", "string", "7**"), ("replace('aXbX', 'X', '-')", "string", "a-b-"), ("translate('abc', 'ab', 'x')", "string", "xc"), ("repeat('ab', 2)", "string", "abab"), ("reverse('abc')", "string", "cba"))
scalar("regular expressions", S, T, ("regexp_replace(s, '[^0-9]', '')", "string", "9"), ("regexp_extract(s, '([a-z]+)', 1)", "string", "tra"), ("s rlike '^ S'", "boolean", True), ("s like '%9%'", "boolean", True), ("regexp_extract('100-200', '(\\\\d+)-(\\\\d+)', 2)", "string", "200"), ("regexp_count('a1b2', '[0-9]')", "int", 2))
scalar("splitting and joining", S, T, ("split('a,b,c', ',')", "array<string>", ["a", "b", "c"]), ("split_part('a,b,c', ',', 2)", "string", "b"), ("concat_ws('-', 'a', null, 'b')", "string", "a-b"), ("array_join(split('a,b', ','), '+')", "string", "a+b"), ("substring_index('a.b.c', '.', 2)", "string", "a.b"))
scalar("bytes and digests", S, T, ("md5(b)", "string", "900150983cd24fb0d6963f7d28e17f72"), ("base64(b)", "string", "YWJj"), ("hex(b)", "string", "616263"), ("decode(b, 'UTF-8')", "string", "abc"), ("crc32(b)", "bigint", 891568578), ("unhex('ff')", "binary", "ff"))
scalar("json", S, T, ("get_json_object('{\"a\":{\"b\":7}}', '$.a.b')", "string", "7"), ("from_json('{\"a\":7}', 'a int').a", "int", 7), ("to_json(named_struct('a', 1, 'n', null))", "string", "{\"a\":1}"), ("json_array_length('[1,2]')", "int", 2))
scalar("likeness", S, T, ("levenshtein('kitten', 'sitting')", "int", 3), ("soundex('Robert')", "string", "R163"), ("ascii('a')", "int", 97), ("initcap('a bc')", "string", "A Bc"), ("startswith('abc', 'ab')", "boolean", True), ("contains('abc', 'd')", "boolean", False))
M = ["ts timestamp", "day date"]
W = ["2024-03-10T07:59:59.123456Z", "2024-02-29"]
scalar("parts of a time", M, W, ("year(ts)", "int", 2024), ("hour(ts)", "int", 7), ("second(ts)", "int", 59), ("dayofweek(day)", "int", 5), ("weekofyear(day)", "int", 9), ("extract(QUARTER from day)", "int", 1))
scalar("calendar arithmetic", M, W, ("add_months(day, 12)", "date", "2025-02-28"), ("last_day(day)", "date", "2024-02-29"), ("date_add(day, 1)", "date", "2024-03-01"), ("datediff(day, date'2024-01-01')", "int", 59), ("next_day(day, 'MON')", "date", "2024-03-04"), ("trunc(day, 'MM')", "date", "2024-02-01"))
scalar("clock arithmetic", M, W, ("ts + interval 1 day", "timestamp", "2024-03-11T07:59:59.123456Z"), ("timestampadd(MINUTE, 2, ts)", "timestamp", "2024-03-10T08:01:59.123456Z"), ("timestampdiff(HOUR, ts, timestamp'2024-03-11 08:00:00')", "bigint", 24), ("date_trunc('HOUR', ts)", "timestamp", "2024-03-10T07:00:00Z"), ("unix_micros(ts)", "bigint", 1710057599123456), ("ts - interval 90 minutes", "timestamp", "2024-03-10T06:29:59.123456Z"))
scalar("a day of 23 hours is a day of UTC all the same", ["ts timestamp"], ["2024-03-10T06:30:00Z"], ("ts + interval 1 day", "timestamp", "2024-03-11T06:30:00Z"), ("from_utc_timestamp(ts, 'America/New_York')", "timestamp", "2024-03-10T01:30:00Z"), ("from_utc_timestamp(ts + interval 1 hour, 'America/New_York')", "timestamp", "2024-03-10T03:30:00Z"), ("to_utc_timestamp(timestamp'2024-03-10 03:30:00', 'America/New_York')", "timestamp", "2024-03-10T07:30:00Z"))
scalar("times as text", M, W, ("cast(ts as string)", "string", "2024-03-10 07:59:59.123456"), ("date_format(ts, 'dd.MM.yyyy HH:mm:ss.SSS')", "string", "10.03.2024 07:59:59.123"), ("to_timestamp('10/03/2024 01', 'dd/MM/yyyy HH')", "timestamp", "2024-03-10T01:00:00Z"), ("to_date('2024-02-29')", "date", "2024-02-29"), ("from_unixtime(0)", "string", "1970-01-01 00:00:00"), ("cast(day as timestamp)", "timestamp", "2024-02-29T00:00:00Z"))
scalar("far years", ["ts timestamp", "day date"], ["1900-01-01T00:00:00Z", "9999-12-31"], ("cast(ts as string)", "string", "1900-01-01 00:00:00"), ("date_trunc('HOUR', ts)", "timestamp", "1900-01-01T00:00:00Z"), ("unix_micros(ts)", "bigint", -2208988800000000), ("make_timestamp(9999, 12, 31, 23, 59, 59.999999)", "timestamp", "9999-12-31T23:59:59.999999Z"), ("datediff(day, date'1900-01-01')", "int", 2958463), ("year(day)", "int", 9999))
A = ["xs array<bigint>", "words array<string>"]
X = [[3, None, 1, 2], ["b", "a"]]
scalar("arrays", A, X, ("size(xs)", "int", 4), ("xs[0]", "bigint", 3), ("element_at(xs, -1)", "bigint", 2), ("try_element_at(xs, 9)", "bigint", None), ("array_contains(words, 'a')", "boolean", True), ("size(cast(null as array<int>))", "int", None))
scalar("arrays in order", A, X, ("array_sort(xs)", "array<bigint>", [1, 2, 3, None]), ("sort_array(xs)", "array<bigint>", [None, 1, 2, 3]), ("array_max(xs)", "bigint", 3), ("array_min(xs)", "bigint", 1), ("array_position(words, 'a')", "bigint", 2), ("slice(words, 1, 1)", "array<string>", ["b"]))
scalar("arrays as sets", A, X, ("array_distinct(array(1, 1, 2))", "array<int>", [1, 2]), ("array_union(words, array('c'))", "array<string>", ["b", "a", "c"]), ("array_except(words, array('a'))", "array<string>", ["b"]), ("array_intersect(words, array('a', 'z'))", "array<string>", ["a"]), ("arrays_overlap(words, array('z'))", "boolean", False), ("array_compact(xs)", "array<bigint>", [3, 1, 2]))
scalar("lambdas", A, X, ("transform(xs, x -> x * 2)", "array<bigint>", [6, None, 2, 4]), ("transform(words, (w, n) -> concat(w, n))", "array<string>", ["b0", "a1"]), ("filter(xs, x -> x > 1)", "array<bigint>", [3, 2]), ("exists(xs, x -> x > 5)", "boolean", None), ("forall(words, w -> length(w) = 1)", "boolean", True), ("aggregate(filter(xs, x -> x is not null), 0L, (a, x) -> a + x)", "bigint", 6))
scalar("lambdas within lambdas", A, X, ("transform(array(1, 2), x -> aggregate(transform(array(10, 20), y -> x * y), 0, (a, z) -> a + z))", "array<int>", [30, 60]), ("zip_with(words, array('x', 'y'), (a, b) -> a || b)", "array<string>", ["bx", "ay"]), ("array_sort(words, (a, b) -> case when a < b then 1 when a > b then -1 else 0 end)", "array<string>", ["b", "a"]))
scalar("maps and structs on the way", A, X, ("map('a', 1, 'b', 2)['b']", "int", 2), ("map_keys(map('a', 1))", "array<string>", ["a"]), ("named_struct('x', xs).x[0]", "bigint", 3), ("transform_values(map('a', 1), (k, v) -> v + 1)['a']", "int", 2), ("map_from_arrays(words, array(1, 2))['a']", "int", 2))
scalar("sequences and flattening", A, X, ("sequence(1, 3)", "array<int>", [1, 2, 3]), ("flatten(array(array(1), array(2)))", "array<int>", [1, 2]), ("array_repeat('x', 2)", "array<string>", ["x", "x"]), ("array_insert(words, -1, 'z')", "array<string>", ["b", "a", "z"]), ("sequence(date'2024-02-28', date'2024-03-01')", "array<date>", ["2024-02-28", "2024-02-29", "2024-03-01"]))
scalar("hashes are Spark's", A, X, ("hash('Spark', array(123), 2)", "int", -1321691492), ("xxhash64('Spark', array(123), 2)", "bigint", 5602566077635097486))
scalar("what settings of a session would say otherwise", ["b binary", "ts timestamp", "none int"], ["616263", "2024-03-10T07:59:59.123456Z", None],
       ("concat(b, b)", "binary", "616263616263"), ("elt(1, b, b)", "binary", "616263"), ("base64(cast(repeat('a', 60) as binary))", "string", "YWFh" * 19 + "\r\n" + "YWFh"),
       ("to_json(named_struct('a', 1, 'n', none))", "string", "{\"a\":1}"), ("to_csv(named_struct('a', 1, 'n', none, 's', 'x'))", "string", "1,,x"),
       ("from_json('{\"a\":', 'a int, _corrupt_record string')._corrupt_record", "string", "{\"a\":"), ("from_json('{\"a\":{\"b\":1,\"c\":\"x\"}}', 'a struct<b:int,c:int>').a.b", "int", 1),
       ("size(cast(null as array<int>))", "int", None), ("length('\\n')", "int", 1), ("null in (1)", "boolean", None), ("cast(named_struct('a', none) as string)", "string", "{null}"))
scalar("times in json are of milliseconds, and there and back too", ["ts timestamp"], ["2024-03-10T07:59:59.123456Z"], ("from_json(to_json(named_struct('t', ts)), 't timestamp').t", "timestamp", "2024-03-10T07:59:59.123Z"))
GUARDED = {"project": OrderedDict(input={"scan": "t"}, columns={"n": "cast(c0 div 1000000 % 100 as int)"})}
def guarded(name, rows, **project):
    """2,500 rows, so that what reads them is compiled; n is zero in each hundredth."""
    case("expressions", name, {"project": OrderedDict(input=GUARDED, **project)}, {"t": {"wide": 1, "rows": 2500}}, expected={"columns": ["n int"], "rows": [[n] for n in rows for _ in range(25)]})


guarded("what a condition guards is not computed, compiled or not", [1, 2, 3, 4], columns={"n": "n"}, where="n <> 0 and 10 / n > 2 and 10 / n < 50")
guarded("nor is what a column guards", [-1, 1, 2], columns={"n": "if(n <> 0 and 10 / n > 2 and 10 / n < 50, n, -1)"}, where="n < 3")

for name, expression, message in (
        ("division by zero", "l / (l - 40)", "Division by zero"), ("whole division by zero", "l div (l - 40)", "Division by zero"),
        ("remainder by zero", "l % (l - 40)", "Division by zero"), ("bigint overflow", "l + 9223372036854775800", "overflow"),
        ("int overflow", "i * 2147483647", "overflow"), ("a cast that overflows", "cast(l * 100 as tinyint)", "overflow"),
        ("text that is no number", "cast(concat('x', l) as int)", "cannot be cast to"), ("an element that is not there", "array(l)[1]", "out of bounds"),
        ("a decimal that does not fit", "cast(m * 100000000 as decimal(9,2))", "cannot be represented as Decimal"),
        ("text that is no date", "to_date(concat('x', l), 'yyyy')", "could not be parsed")):
    project("errors", name, N, [V], [("v", "int", expression)], None, error=message)
for name, expression, message in (
        ("an unknown column", "amout + 1", "Cannot resolve column 'amout'"), ("an unknown function", "no_such(l)", "Cannot resolve function 'no_such'"),
        ("a wrong type", "l + array(1)", "Cannot resolve"), ("rand()", "rand()", "depends on the run"), ("the current time", "now()", "depends on the run"),
        ("today in text", "cast('today' as date)", "depends on the run"), ("a date literal of today", "date'today'", "depends on the run"),
        ("an aggregate", "sum(l)", "takes more than one row"), ("a map as a result", "map('a', l)", "Millrace stores no such type"), ("no expression", "l +", "Cannot parse")):
    project("refused", name, N, [V], [("v", "int", expression)], None, error=message)
project("refused", "a filter that is no condition", N, [V], [("v", "bigint", "l")], None, where="l", error="is no condition")
case("refused", "a union of other columns", {"union": [{"scan": "t"}, {"scan": "u"}]}, {"t": {"columns": ["a int"], "rows": []}, "u": {"columns": ["a bigint"], "rows": []}}, error="Project both to the same columns")
case("refused", "a deduplication by a double", {"deduplicate": {"input": {"scan": "t"}, "keys": ["x"], "event-time": "at"}}, {"t": {"columns": COLUMNS, "rows": []}}, error="this type has several")
windows("refused", "a session of rows that become known out of order", [], OrderedDict(n=feature("count", "x", "session 15m")), columns=LATE, available="known", error="one may join two sessions")
windows("refused", "an available-at that is no time", [], OrderedDict(n=feature("count", "x", "1h")), available="x", error="Available-at 'x'")
windows("refused", "a key of a double", [], columns=["k double", "at timestamp", "x double"], error="a key's value must have one byte form")
windows("refused", "a sum of text", [], OrderedDict(t=feature("sum", "x", "1h")), columns=["k string", "at timestamp", "x string"], error="cannot take string")
for over, message in (("0h", "has a length of PT0S"), ("-1h", "has a length of PT-1H"), ("session 0m", "has a gap of PT0S")):
    windows("refused", "a window of " + over, [], OrderedDict(n=feature("count", "x", over)), error=message)
windows("refused", "a value that does not fit its parameters", [], OrderedDict(t=call("top_k", ["x"], "1h", 0)), error="has a k of 0")
for name, expression in (("a constant zero divisor", "l / 0"), ("a remainder of a constant zero", "l % (2 - 2)"), ("a zero divisor in a branch", "if(l > 1, l div 0, 1)")):
    project("refused", name, N, [V], [("v", "int", expression)], None, error="divides by zero")
windows("refused", "a window shorter than its hop", [], HOP("1m", "1h"), error="a hop is positive and at most the window's length")

R = [["a", 1], ["b", 2], ["c", None]]
project("project", "columns renamed and in another order", ["k string", "n bigint"], R, [("m", "bigint", "n"), ("q", "string", "k")], [[1, "a"], [2, "b"], [None, "c"]])
project("project", "a filter leaves out false and null", ["k string", "n bigint"], R, [("k", "string", "k")], [["b"]], where="n > 1")
project("project", "a filter over a column that is not kept", ["k string", "n bigint"], R, [("k", "string", "k")], [["a"], ["b"]], where="n is not null")
project("project", "all rows left out", ["k string", "n bigint"], R, [("k", "string", "k")], [], where="n > 100")
project("project", "constants", ["k string", "n bigint"], R[:1], [("one", "int", "1"), ("t", "string", "'x'"), ("none", "bigint", "cast(null as bigint)")], [[1, "x", None]])
project("project", "the filter guards the columns", ["k string", "n bigint"], [["a", 0], ["b", 2]], [("q", "double", "4 / n")], [[2.0]], where="n <> 0")
project("project", "a projection of a projection", ["k string", "n bigint"], R, [("p", "bigint", "m + 1")], [[12], [22]], where="m is not null", inner={"project": {"input": {"scan": "t"}, "columns": {"m": "n * 10 + 1"}}})
project("project", "columns with dots, blanks and backticks", ["a.b int", "c `d int"], [[1, 2]], [("x y", "int", "`a.b` + `c ``d`"), ("a.b", "int", "`a.b`")], [[3, 1]])
project("project", "equal rows stay as many", ["k string", "n bigint"], [["a", 1]] * 3, [("k", "string", "k")], [["a"]] * 3)
case("project", "vectors and structs come through, and their nulls", {"scan": "t"}, {"t": {"columns": ["v vector(3)", "s struct<a:int,b:array<string>>"], "rows": [[[1.5, "NaN", -0.0], {"a": 7, "b": ["x", None]}], [None, {"a": None, "b": None}], [[0.0, 0.0, 0.0], None]]}}, expected={"columns": ["v vector(3)", "s struct<a:int,b:array<string>>"], "rows": [[[1.5, "NaN", -0.0], {"a": 7, "b": ["x", None]}], [None, {"a": None, "b": None}], [[0.0, 0.0, 0.0], None]]})
every_type = ["b boolean", "i int", "l bigint", "f float", "d double", "s string", "y binary", "day date", "ts timestamp", "m decimal(38,18)", "xs array<double>"]
full = [True, -1, -2, 1.5, "0x1p-1074", "\u00df\U0001F600", "00ff", "0001-01-01", "9999-12-31T23:59:59.999999Z", "12345678901234567890.123456789012345678", ["NaN", None, -0.0]]
case("project", "every type comes through, and its null", {"scan": "t"}, {"t": {"columns": every_type, "rows": [full, [None] * 11]}}, expected={"columns": every_type, "rows": [full, [None] * 11]})

case("wide", "10,000 columns and a sum of two", {"project": {"input": {"project": {"input": {"scan": "t"}, "all": True, "columns": {}}}, "columns": {"v": "c0 + c9999", "w": "c1234"}}}, {"t": {"wide": 10000, "rows": 3}}, expected={"columns": ["v bigint", "w bigint"], "rows": [[9999, 1234], [2009999, 1001234], [4009999, 2001234]]})
case("wide", "10,000 columns as they are", {"scan": "t"}, {"t": {"wide": 10000, "rows": 2}}, expected={"wide": 10000, "rows": 2})
case("wide", "1,000 columns in a union", {"project": {"input": {"union": [{"scan": "t"}, {"scan": "t"}]}, "columns": {"v": "c999"}}}, {"t": {"wide": 1000, "rows": 1}}, expected={"columns": ["v bigint"], "rows": [[999], [999]]})

# -- deduplicate, union, expect


def dedup(name, columns, rows, keys, expected, error=None):
    case("deduplicate", name, {"deduplicate": {"input": {"scan": "t"}, "keys": keys, "event-time": "at"}}, {"t": {"columns": columns, "rows": rows}}, expected={"columns": columns, "rows": expected})


I = ["id bigint", "at timestamp", "x double"]
def row(i, at, x): return [i, None if at is None else "2024-03-01T%sZ" % at, x]
dedup("the first by event time stays", I, [row(1, "10:02:00", 2.0), row(1, "10:01:00", 1.0), row(2, "10:00:00", 3.0)], ["id"], [row(1, "10:01:00", 1.0), row(2, "10:00:00", 3.0)])
dedup("equal rows become one", I, [row(1, "10:01:00", 1.0)] * 4, ["id"], [row(1, "10:01:00", 1.0)])
dedup("ties go by the canonical bytes", I, [row(1, "10:01:00", 2.0), row(1, "10:01:00", 1.0)], ["id"], [row(1, "10:01:00", 1.0)])
dedup("a null comes first in a tie", I, [row(1, "10:01:00", 1.0), row(1, "10:01:00", None)], ["id"], [row(1, "10:01:00", None)])
dedup("null keys agree", I, [row(None, "10:02:00", 1.0), row(None, "10:01:00", 2.0)], ["id"], [row(None, "10:01:00", 2.0)])
dedup("a row without a time comes last", I, [row(1, None, 1.0), row(1, "23:00:00", 2.0), row(2, None, 3.0)], ["id"], [row(1, "23:00:00", 2.0), row(2, None, 3.0)])
dedup("several keys", I, [row(1, "10:01:00", 1.0), row(1, "10:02:00", 2.0), row(1, "10:01:00", 3.0)], ["id", "at"], [row(1, "10:01:00", 1.0), row(1, "10:02:00", 2.0)])
dedup("zero comes before minus zero in a tie", I, [row(1, "10:01:00", -0.0), row(1, "10:01:00", 0.0)], ["id"], [row(1, "10:01:00", 0.0)])
dedup("no rows", I, [], ["id"], [])
dedup("text keys that collide when concatenated", ["k string", "j string", "at timestamp"], [["1", "23", "2024-03-01T10:00:00Z"], ["12", "3", "2024-03-01T10:00:00Z"]], ["k", "j"], [["1", "23", "2024-03-01T10:00:00Z"], ["12", "3", "2024-03-01T10:00:00Z"]])
dedup("keys of bytes, decimals and dates", ["b binary", "m decimal(5,2)", "d date", "at timestamp"], [["00", "1.00", "2024-01-01", "2024-03-01T10:00:01Z"], ["00", "1.00", "2024-01-01", "2024-03-01T10:00:00Z"], ["0000", "1.00", "2024-01-01", "2024-03-01T10:00:00Z"]], ["b", "m", "d"], [["00", "1.00", "2024-01-01", "2024-03-01T10:00:00Z"], ["0000", "1.00", "2024-01-01", "2024-03-01T10:00:00Z"]])


def union(name, tables, expected):
    case("union", name, {"union": [{"scan": n} for n in tables]}, {n: {"columns": I, "rows": r} for n, r in tables.items()}, expected={"columns": I, "rows": expected})


a, b = row(1, "10:00:00", 1.0), row(2, "10:00:00", "NaN")
union("rows of both", OrderedDict(t=[a], u=[b]), [a, b])
union("equal rows stay as many", OrderedDict(t=[a, a], u=[a]), [a, a, a])
union("an empty input", OrderedDict(t=[a], u=[]), [a])
union("one input", OrderedDict(t=[a]), [a])
union("three inputs", OrderedDict(t=[a], u=[b], w=[a]), [a, b, a])
case("union", "of projections, then filtered", {"project": {"input": {"union": [{"project": {"input": {"scan": "t"}, "columns": {"n": "id"}}}, {"project": {"input": {"scan": "t"}, "columns": {"n": "id + 10"}}}]}, "columns": {"n": "n"}, "where": "n > 1"}},
     {"t": {"columns": I, "rows": [a, b]}}, expected={"columns": ["n bigint"], "rows": [[2], [11], [12]]})

W = ["at timestamp", "d date", "x double"]
DATED = [["2024-02-29T23:59:59.999999Z", "2024-02-29", 1.0], ["2024-03-01T00:00:00Z", "2024-03-01", 2.0], ["2024-03-01T23:59:59.999999Z", "2024-03-01", 3.0],
         ["2024-03-02T00:00:00Z", "2024-03-02", 4.0], [None, None, 5.0]]


def within(name, column, start, end, expected=None, error=None, columns=W, rows=DATED):
    outcome = {"error": error} if error else {"expected": {"columns": columns, "rows": expected}}
    case("interval", name, {"project": {"input": {"scan-within": {"table": "t", "column": column, "start": start, "end": end}}, "all": True, "columns": {}}},
         {"t": {"columns": columns, "rows": rows}}, **outcome)


within("of a timestamp: its start is in it, its end is not", "at", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z", DATED[1:3])
within("of a timestamp, to the microsecond", "at", "2024-02-29T23:59:59.999999Z", "2024-03-01T00:00:00.000001Z", DATED[:2])
within("of a date: a day is its midnight", "d", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z", DATED[1:3])
within("of dates, some days", "d", "2024-02-29T00:00:00Z", "2024-03-02T00:00:00Z", DATED[:3])
within("a row without a time is in none", "at", "1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z", DATED[:4])
within("nothing is in it", "at", "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", [])
within("of dates, within a day", "d", "2024-03-01T10:00:00Z", "2024-03-02T00:00:00Z", error="ends within a day")
within("of a column that is no time", "x", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z", error="an interval is of times")
within("of a column that is not there", "y", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z", error="interval column 'y'")
within("a column of a name with a quote", "a`t", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z", [["2024-03-01T12:00:00Z"]], columns=["a`t timestamp"], rows=[["2024-03-01T12:00:00Z"], ["2024-03-02T12:00:00Z"]])

E = ["k string", "x double"]


def expect(name, rows, expectations, accepted=None, aside=None, error=None, columns=E, interval=None):
    outcome = {"error": error} if error else {"expected": {"columns": columns, "rows": accepted}}
    if aside is not None:
        outcome["quarantined"] = {"columns": columns + ["reasons array<string>"], "rows": aside}
    of = {"input": {"scan": "t"}, "expectations": expectations}
    if interval:
        of["interval"] = interval
    case("expect", name, {"expect": of}, {"t": {"columns": columns, "rows": rows}}, **outcome)


nn = lambda action: {"rule": "not-null", "column": "k", "action": action}
bt = lambda action: {"rule": "between", "column": "x", "least": 0, "most": 10, "action": action}
uq = lambda action: {"rule": "unique", "columns": ["k"], "action": action}
def metric(name, function, inputs, action="fail", parameters=None, **bounds):
    return OrderedDict(rule="metric", name=name, call={function: inputs}, parameters=parameters or [], action=action, **bounds)


BOTH = [["a", 1.0], ["b", 3.0], [None, 1e9]]
KEPT = BOTH[:2]
expect("numbers of all rows within bounds, those set aside left out", BOTH, [nn("quarantine"), metric("mean of x", "avg", ["x"], least=2, most=2), metric("rows", "count", ["1"], least=2, most=2), metric("sum of x", "sum", ["x"], most=4), metric("distinct k", "approx_count_distinct", ["k"], parameters=["12"], least=2)], KEPT)
expect("a mean out of bounds fails, and says what it is", BOTH, [nn("quarantine"), metric("mean of x", "avg", ["x"], least=2.5, most=4)], [], error="mean of x is outside [2.5, 4]: 2")
expect("a sum below its bound fails", BOTH, [nn("quarantine"), metric("sum of x", "sum", ["x"], least=4.5)], [], error="sum of x is below 4.5: 4")
expect("a count above its bound fails", BOTH, [metric("row count", "count", ["1"], most=2)], [], error="row count is above 2: 3")
expect("a number of no values is not within bounds", [["a", None]], [metric("mean of x", "avg", ["x"], least=-1e300)], [], error="mean of x is below -1.0E300: not a number")
expect("a number out of bounds to warn of changes nothing", KEPT, [metric("mean of x", "avg", ["x"], "warn", least=5)], KEPT)
expect("completeness is the mean of what is there", BOTH + [["d", 1.0]], [metric("completeness of k", "avg", ["if(k is null, 0D, 1D)"], least=0.75, most=1)], BOTH + [["d", 1.0]])
expect("no row is set aside for a number of all", KEPT, [metric("mean of x", "avg", ["x"], "quarantine", least=5)], [], error="Say orFail() or orWarn()")
expect("a number must be one", KEPT, [metric("most of k", "max", ["k"], least=5)], [], error="bounds are numbers")
expect("a number of a column that is not there", KEPT, [metric("mean of z", "avg", ["z"], least=5)], [], error="Cannot resolve")
expect("rows to quarantine go aside with every reason", [["a", 1.0], [None, 2.0], [None, 11.5], ["b", -1.0]], [nn("quarantine"), bt("quarantine")], [["a", 1.0]],
       [[None, 2.0, ["k is null"]], [None, 11.5, ["k is null", "x is outside [0, 10]: 11.5"]], ["b", -1.0, ["x is outside [0, 10]: -1.0"]]])
expect("a null is between, and both bounds are", [["a", None], ["b", 0.0], ["c", 10.0], ["d", "NaN"]], [bt("quarantine")], [["a", None], ["b", 0.0], ["c", 10.0]], [["d", "NaN", ["x is outside [0, 10]: NaN"]]])
expect("a warning leaves the rows", [["a", 1.0], [None, 20.0]], [nn("warn"), bt("warn")], [["a", 1.0], [None, 20.0]], [])
expect("of duplicates the least good row stays", [["a", 2.0], ["a", 1.0], ["a", -5.0], ["b", 3.0]], [bt("quarantine"), uq("quarantine")], [["a", 1.0], ["b", 3.0]],
       [["a", 2.0, ["duplicate of another row in (k)"]], ["a", -5.0, ["x is outside [0, 10]: -5.0", "duplicate of another row in (k)"]]])
expect("nulls agree with nulls", [[None, 1.0], [None, 2.0]], [uq("quarantine")], [[None, 1.0]], [[None, 2.0, ["duplicate of another row in (k)"]]])
expect("a condition that is null holds", [["a", None], ["b", 4.0], ["c", 5.0]], [{"rule": "satisfies", "condition": "x > 4", "action": "quarantine"}], [["a", None], ["c", 5.0]], [["b", 4.0, ["not (x > 4)"]]])
expect("a breach of a rule that must hold fails the run", [["a", 1.0], [None, 2.0]], [nn("fail")], error="k is null")
expect("a row set aside for another rule does not fail the run", [["a", 1.0], [None, 20.0]], [nn("fail"), bt("quarantine")], [["a", 1.0]], [[None, 20.0, ["x is outside [0, 10]: 20.0"]]])
expect("duplicates of null keys fail the run too", [[None, 1.0], [None, 2.0], ["a", 3.0]], [uq("fail")], error="duplicate of another row in (k)")
expect("zeros of both signs agree, and all NaN do", [["a", 0.0], ["b", -0.0], ["c", "NaN"], ["d", "NaN"], ["e", 1.0]], [{"rule": "unique", "columns": ["x"], "action": "quarantine"}], [["a", 0.0], ["c", "NaN"], ["e", 1.0]],
       [["b", -0.0, ["duplicate of another row in (x)"]], ["d", "NaN", ["duplicate of another row in (x)"]]])
for first, second in ((0.0, -0.0), (-0.0, 0.0)):
    expect("of duplicates that differ in the sign of zero the one without stays, %s first" % first, [["a", first], ["a", second]], [uq("quarantine")], [["a", 0.0]], [["a", -0.0, ["duplicate of another row in (k)"]]])
    NESTED = ["k string", "s struct<n:int,xs:array<double>>"]
    expect("of duplicates that differ in a zero within the same, %s first" % first, [["a", {"n": 1, "xs": [1.0, None, x]}] for x in (first, second)], [uq("quarantine")], [["a", {"n": 1, "xs": [1.0, None, 0.0]}]], [["a", {"n": 1, "xs": [1.0, None, -0.0]}, ["duplicate of another row in (k)"]]], columns=NESTED)
expect("a condition may end with a comment", [["a", None], ["b", 4.0], ["c", 5.0]], [{"rule": "satisfies", "condition": "x > 4 -- sane", "action": "quarantine"}], [["a", None], ["c", 5.0]], [["b", 4.0, ["not (x > 4 -- sane)"]]])
expect("nothing left fails the run", [[None, 1.0]], [nn("quarantine")], error="no row is left")

FIRST_OF_MARCH = OrderedDict(column="d", start="2024-03-01T00:00:00Z", end="2024-03-02T00:00:00Z")
DATED = E + ["at timestamp", "d date"]
ROWS = lambda least: metric("row count", "count", ["1"], least=least, most=9)
def without_rows(name, expectations, error=None):
    expect("an interval without rows " + name, [], expectations, None if error else [], error=error, columns=DATED, interval=FIRST_OF_MARCH)


without_rows("holds what is expected of rows", [nn("fail"), {"rule": "between", "column": "x", "least": 0, "most": 1, "action": "fail"}, uq("quarantine"), {"rule": "completeness", "column": "x", "least": 1, "action": "fail"}, ROWS(0)])
without_rows("has a row count", [ROWS(1)], "row count is outside [1, 9]: 0")
without_rows("has no mean", [metric("mean of x", "avg", ["x"], least=0, most=9)], "mean of x is outside [0, 9]: not a number")
without_rows("is not fresh", [{"rule": "fresh", "column": "at", "most": "PT2H", "action": "fail"}], "newest at is older than PT2H as of 2024-03-02T00:00:00Z: there is none")
expect("an interval of which all rows are set aside fails the run", [[None, 1.0, None, "2024-03-01"]], [nn("quarantine")], error="no row is left", columns=DATED, interval=FIRST_OF_MARCH)
expect("no rows at all fail the run", [], [nn("quarantine")], error="no row is left", columns=DATED)


def fresh(name, rows, expectations, accepted=None, error=None, aside=None):
    expect(name, rows, expectations, accepted, aside, error, ["at timestamp", "d date"], FIRST_OF_MARCH)


def newest(column, most, action="fail"):
    return OrderedDict(rule="fresh", column=column, most=most, action=action)


LATE = [["2024-03-01T09:00:00Z", "2024-03-01"], ["2024-03-01T22:00:00Z", "2024-02-29"], [None, None]]
fresh("a time as old as allowed is fresh", LATE, [newest("at", "PT2H")], LATE)
fresh("a microsecond older is not", LATE, [newest("at", "PT1H59M59.999999S")], error="newest at is older than PT1H59M59.999999S as of 2024-03-02T00:00:00Z: 2024-03-01T22:00:00Z")
fresh("a day is as old as its midnight", LATE, [newest("d", "PT24H")], LATE)
fresh("a day that is too old", LATE, [newest("d", "PT23H")], error="newest d is older than PT23H as of 2024-03-02T00:00:00Z: 2024-03-01T00:00:00Z")
fresh("what is set aside makes nothing fresh", LATE, [newest("at", "PT2H"), {"rule": "satisfies", "condition": "d > date'2024-02-29'", "action": "quarantine"}], error="newest at is older than PT2H as of 2024-03-02T00:00:00Z: 2024-03-01T09:00:00Z")
fresh("without a time nothing is fresh", LATE[2:], [newest("at", "PT2H")], error="newest at is older than PT2H")
fresh("to warn of an old time changes nothing", LATE, [newest("at", "PT1H", "warn")], LATE, aside=[])

os.makedirs(os.path.join(OUT, "cases"), exist_ok=True)
with open(os.path.join(OUT, "topics.json"), "w") as out:
    json.dump(list(TOPICS), out, indent=1)
for topic, cases in TOPICS.items():
    with open(os.path.join(OUT, "cases", topic + ".json"), "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(c, ensure_ascii=True, allow_nan=False) for c in cases) + "\n]\n")
print(sum(map(len, TOPICS.values())), {t: len(c) for t, c in TOPICS.items()})
