#!/usr/bin/env bash
# The registry in one folder: registrations by 64 threads until VERSIONS are there, an alias resolved cold and cached, the size of the metadata, 100 MB
# loaded beside a plain read of the file, and an ONNX file of 2 GB in, out and proved with a heap of 256 MB. Prints a table and writes benchmarks/results/registry.json.
#
#   benchmarks/run registry [VERSIONS]      100,000 unless said
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli -am -DskipTests -Dspotless.check.skip package
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run() {
  java @cli/target/launcher/jvm.options ${MILLRACE_JVM:-} -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" "$@"
}
run -Xms2g -Xmx2g dev.millrace.benchmarks.registry.RegistryBenchmark benchmarks/results/registry.json "$folder/registry" "${1:-100000}"
run -Xmx256m dev.millrace.benchmarks.registry.HugeArtifact "$folder/huge" 2040
