#!/usr/bin/env bash
# Sends flights as messages, 5 % late and 1 % twice, and has Spark's stream, Beam on Flink, Beam's direct runner (a sample) and one Spark batch bring
# them in by one definition; then holds logs, values and tiles against each other, byte by byte.
# A pipeline written by hand does the same views on Flink beside it, for its CPU.
# Prints what it found and writes benchmarks/results/parity.json; ends with 1 where anything differs.
#
#   benchmarks/run parity FLIGHTS [PART]      (one flight in PART; all where not given)
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli,pipelines/beam-flink -am -DskipTests -Dspotless.check.skip package
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xms1g -Xmx5g \
  -Dmillrace.pipelines=pipelines \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.online.ParityBenchmark benchmarks/results/parity.json "$@"
