#!/usr/bin/env bash
# Kills a backfill of both stores N times at random moments, lets it end, and holds its tables against those of a run that was never killed, and
# the online values against the offline ones.
#
#   benchmarks/run backfill-kills [N] [SEED]      (20 and 1 where not given)
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
kills=${1:-20}
RANDOM=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digest() {
  (cd "$1" && ls -d features/*/*/values) | while read -r table; do
    echo "$table"
    "$home/millrace" sql --dir "$1" "select count(*) as rows, sum(cast(xxhash64(*) as decimal(38, 0))) as hash from delta.\`$1/$table\`" | tail -n 1
  done
  "$home/millrace" features audit --dir "$1" 2>&1 | grep differ
}

"$home/millrace" features ingest --dir "$work/clean"
cp -r "$work/clean" "$work/killed"
echo "a backfill that is not killed"
"$home/millrace" features backfill --online --dir "$work/clean" | tail -n 2
i=0
while [ "$i" -lt "$kills" ]; do
  "$home/millrace" features backfill --online --dir "$work/killed" --chunk 1 >"$work/killed.log" 2>&1 &
  run=$!
  # Reading the history and computing begin with this line.
  while kill -0 "$run" 2>/dev/null && ! grep -q 'to compute' "$work/killed.log"; do sleep 0.2; done
  seconds=$((RANDOM % 25)).$((RANDOM % 10))
  sleep "$seconds"
  if kill -9 "$run" 2>/dev/null; then
    i=$((i + 1))
    wait "$run" 2>/dev/null || true
    echo "kill $i after $seconds s: $(grep -E 'written|online' "$work/killed.log" | tail -n 1)"
  else
    wait "$run"
    echo "the backfill ended before its kill; starting over"
    rm -rf "$work/killed/features" "$work/killed/redis"
  fi
done
"$home/millrace" features backfill --online --dir "$work/killed" | tail -n 2
digest "$work/clean" >"$work/clean.digest"
digest "$work/killed" >"$work/killed.digest"
cat "$work/killed.digest"
diff "$work/clean.digest" "$work/killed.digest" && echo "after $kills kills: equal"
