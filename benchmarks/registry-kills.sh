#!/usr/bin/env bash
# Three processes of eight threads register and promote in one registry and are killed at random, until 10,000 registrations and 2,000 alias moves are
# acknowledged; then a program holds all that was told against what is kept: nothing lost, nothing twice, every history linearisable.
#
#   benchmarks/run registry-kills [REGISTRATIONS [MOVES [SECONDS_BETWEEN_KILLS]]]
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
java @cli/target/launcher/jvm.options ${MILLRACE_JVM:-} -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties -Xmx1g \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  dev.millrace.benchmarks.registry.RegistryKills "$folder/run" 3 8 "${1:-10000}" "${2:-2000}" "${3:-6}"
