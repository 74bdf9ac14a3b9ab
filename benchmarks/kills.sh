#!/usr/bin/env bash
# Kills the quickstart N times at random moments, lets it end, and holds what it left against a run that was never killed.
#
#   benchmarks/run kills [N] [SEED]      (20 and 1 where not given)
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
kills=${1:-20}
RANDOM=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digest() {
  for place in sources/flights/events sources/flights/quarantine features/*/*/values training/late_flights models/late_flight/evaluation \
    scoring/held_out_week/predictions; do
    for table in $(cd "$1" && ls -d $place); do
      echo "$table" | sed 's|/[0-9a-f]\{8\}/|/|'
      "$home/millrace" sql --dir "$1" "select count(*) as rows, sum(cast(xxhash64(*) as decimal(38, 0))) as hash from delta.\`$1/$table\`" | tail -n 1
    done
  done
  "$home/millrace" sql --dir "$1" "select name, version, artifact_sha256 from registry.models.versions" | tail -n +3
  "$home/millrace" sql --dir "$1" "select model, alias, version, count(*) over () from registry.models.aliases" | tail -n +3
}

echo "a run that is not killed"
"$home/millrace" quickstart --dir "$work/clean" >"$work/clean.log"
for i in $(seq "$kills"); do
  seconds=$((3 + RANDOM % 75))
  "$home/millrace" quickstart --dir "$work/killed" >"$work/killed.log" 2>&1 &
  run=$!
  for _ in $(seq "$seconds"); do
    sleep 1
    kill -0 "$run" 2>/dev/null || break
  done
  if kill -9 "$run" 2>/dev/null; then
    echo "kill $i after $seconds s, in $(grep '^\[' "$work/killed.log" | tail -n 1)"
    wait "$run" 2>/dev/null || true
  else
    wait "$run"
    echo "run $i ended before its kill; starting over"
    mv "$work/killed" "$work/ended.$i"
  fi
done
"$home/millrace" quickstart --dir "$work/killed" | tail -n 12
digest "$work/clean" >"$work/clean.digest"
digest "$work/killed" >"$work/killed.digest"
cat "$work/killed.digest"
diff "$work/clean.digest" "$work/killed.digest" && echo "after $kills kills: equal"
