#!/usr/bin/env bash
# Reads of the online store beside raw pipelined reads of the same bytes, under an open load, and batches of 100 entities. Starts a Redis of
# its own. Prints a table and writes benchmarks/results/online.json.
#
#   benchmarks/run online
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms1g -Xmx1g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.online.ReadBenchmark benchmarks/results/online.json
