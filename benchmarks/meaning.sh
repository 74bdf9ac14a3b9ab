#!/usr/bin/env bash
# What exactness costs: sums, accumulators, sliding windows, expressions, definitions.
# Prints a table and writes benchmarks/results/meaning.json.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./millrace --version >/dev/null
./mvnw -q -B -pl benchmarks -am -DskipTests -Dspotless.check.skip package
exec java -Xms2g -Xmx2g -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.meaning.MeaningBenchmark benchmarks/results/meaning.json "$@"
