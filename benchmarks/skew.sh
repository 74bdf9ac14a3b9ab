#!/usr/bin/env bash
# All events on one key, beside the same over 10,000 keys, in a heap of 1 GB. Writes benchmarks/results/skew.json.
#
#   benchmarks/run skew [EVENTS]      (20,000,000 where not given)
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xmx1g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.pit.SkewBenchmark benchmarks/results/skew.json "${1:-20000000}"
