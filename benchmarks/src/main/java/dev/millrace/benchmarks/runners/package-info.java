/**
 * The jars that are handed to clusters, each tried with a small plan, and what the engine costs a
 * worker. It tries no cluster. Start reading at {@link dev.millrace.benchmarks.runners.RunnerJars}.
 */
@NullMarked
package dev.millrace.benchmarks.runners;

import org.jspecify.annotations.NullMarked;
