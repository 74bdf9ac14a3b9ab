#!/usr/bin/env bash
# The local engine against the naive oracle, batch and as a stream, in seeded orders, shardings, lateness and duplication.
# Prints how many values differ and writes benchmarks/results/oracle.json.
#
#   benchmarks/run oracle [VALUES]      (1e8 where not given: about eight minutes)
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl pipelines/conformance -am -DskipTests -Dspotless.check.skip package \
  dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
exec java -Xmx4g -cp "pipelines/conformance/target/test-classes:pipelines/conformance/target/classes:$(cat pipelines/conformance/target/classpath)" \
  dev.millrace.pipelines.conformance.OracleTest benchmarks/results/oracle.json "$@"
