#!/usr/bin/env bash
# The load of the online store, an entity of ten latest values a row, beside spark-redis' writers of the same cached rows, into a Redis of its own:
# five interleaved repetitions each, medians. Prints a table and writes benchmarks/results/load.json.
#
#   benchmarks/run load [ENTITIES]      1,000,000 unless said
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options ${MILLRACE_JVM:-} -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms3g -Xmx3g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.online.LoadBenchmark benchmarks/results/load.json "${1:-1000000}"
