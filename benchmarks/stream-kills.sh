#!/usr/bin/env bash
# Kills a stream KILLS times at random moments under load, its Redis a quarter as often and its Kafka a tenth, starts each again from its files, and
# holds log, quarantine and online store against those of a stream over the same messages that was never killed.
# Prints what it found and writes benchmarks/results/stream-kills.json; ends with 1 where anything differs.
#
#   benchmarks/run stream-kills [KILLS [SEED]]      (20 and 1 where not given)
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms1g -Xmx3g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.online.StreamKills benchmarks/results/stream-kills.json "$@"
