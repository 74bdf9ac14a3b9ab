#!/usr/bin/env bash
# The registry in one folder, beside MLflow with SQLite and local files where there is Python: registrations by 64 threads until VERSIONS are there, an alias resolved cold and cached, the size of the metadata, 100 MB
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
mlflow=
if command -v python3 >/dev/null; then
  [ -x benchmarks/target/mlflow/bin/mlflow ] || { python3 -m venv benchmarks/target/mlflow && benchmarks/target/mlflow/bin/pip install -q mlflow==3.17.2; }
  mlflow=$(benchmarks/target/mlflow/bin/python benchmarks/src/main/python/mlflow_registrations.py "sqlite:///$folder/mlflow.db" "$folder/mlflow" 64 1000 2> >(grep '^MLflow' >&2))
fi
run -Xms2g -Xmx2g dev.millrace.benchmarks.registry.RegistryBenchmark benchmarks/results/registry.json "$folder/registry" "${1:-100000}" $mlflow
run -Xmx256m dev.millrace.benchmarks.registry.HugeArtifact "$folder/huge" 2040
