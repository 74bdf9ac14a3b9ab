#!/usr/bin/env bash
# Point-in-time joins beside DuckDB and Spark SQL: five interleaved repetitions each, median ratios.
# Prints a table and writes benchmarks/results/pit.json.
#
#   benchmarks/run pit FLIGHTS.parquet [PART [LIMIT [ONLY]]]
#
# Sizes are divided by PART; who takes LIMIT seconds, 240 unless said, is stopped; ONLY flights, zipf or latest is asked, and not written.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
flights=${1:?"usage: benchmarks/run pit FLIGHTS.parquet [PART [LIMIT]]: date, delay and origin of flights"}
flights=$(realpath "$flights")
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms4g -Xmx4g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.pit.PitBenchmark benchmarks/results/pit.json "$flights" "${2:-1}" "${3:-240}" "${4:-all}"
