#!/usr/bin/env bash
# The gate of thirty expectations beside a plain scan and Deequ's own analyzers: five interleaved repetitions each, median ratios; and verdicts.
# Prints a table and writes benchmarks/results/gate.json.
#
#   benchmarks/run gate FLIGHTS.parquet [ROWS]      verdicts are compared on ROWS rows, 10,000,000 unless said
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
flights=$(realpath "${1:?"usage: benchmarks/run gate FLIGHTS.parquet [ROWS]: date, delay, distance, origin and destination of flights"}")
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms4g -Xmx4g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.gate.GateBenchmark benchmarks/results/gate.json "$flights" "${2:-10000000}"
