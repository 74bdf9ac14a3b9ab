#!/usr/bin/env bash
# The jars of Flink, Spark and Dataflow: made, tried with a small plan where they run on one machine, and weighed. Prints a table and writes
# benchmarks/results/runners.json.
#
#   benchmarks/run runners
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
./mvnw -q -B -pl benchmarks,cli,pipelines/beam-flink,pipelines/beam-spark,pipelines/beam-dataflow -am -DskipTests -Dspotless.check.skip \
  -Pflink,spark-beam,dataflow package

# What Beam and a runner bring by themselves, and Catalyst by itself: looked for in what workers are given.
path() {
  ./mvnw -q -B -f "$1" dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile="$home/$2"
}
beam() {
  local at=pipelines/$1/target
  mkdir -p "$at/beam"
  cat >"$at/beam/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>dev.millrace</groupId>
    <artifactId>millrace-parent</artifactId>
    <version>0.1.0-SNAPSHOT</version>
    <relativePath>../../../../pom.xml</relativePath>
  </parent>
  <artifactId>millrace-weighed</artifactId>
  <dependencies>
    <dependency><groupId>org.apache.beam</groupId><artifactId>beam-sdks-java-core</artifactId></dependency>
    <dependency><groupId>org.apache.beam</groupId><artifactId>beam-sdks-java-io-kafka</artifactId></dependency>
    <dependency><groupId>org.apache.beam</groupId><artifactId>$2</artifactId></dependency>
  </dependencies>
</project>
POM
  path "$at/beam/pom.xml" "$at/beam.classpath"
  path pipelines/catalyst/pom.xml "$at/catalyst.classpath"
}
beam beam-flink beam-runners-flink-1.19
beam beam-dataflow beam-runners-google-cloud-dataflow-java

rm -rf benchmarks/target/runners
exec java @cli/target/launcher/jvm.options -Dlog4j2.configurationFile=cli/src/main/resources/log4j2.properties \
  -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" dev.millrace.benchmarks.runners.RunnerJars \
  benchmarks/results/runners.json cli/src/test/resources/without-delay/flights benchmarks/target/runners cli/target/launcher/jvm.options pipelines
