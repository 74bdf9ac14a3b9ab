/**
 * The gate of expectations beside a plain scan, and beside Deequ's own analyzers and row-level
 * results. Start reading at {@link dev.millrace.benchmarks.gate.GateBenchmark}.
 */
@NullMarked
package dev.millrace.benchmarks.gate;

import org.jspecify.annotations.NullMarked;
