#!/usr/bin/env bash
# Freshness of online values behind Kafka, and stream, online store and batch held against each other.
# Prints what it found and writes benchmarks/results/stream.json.
#
#   benchmarks/run stream [EVENTS [A_SECOND]]      1,000,000 at 10,000 a second unless said
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options ${MILLRACE_JVM:-} -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms3g -Xmx6g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.online.StreamBenchmark benchmarks/results/stream.json "$@"
