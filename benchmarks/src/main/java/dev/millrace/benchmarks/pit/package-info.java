/**
 * Point-in-time joins beside what a user could pick instead: DuckDB, and Spark SQL's own joins and
 * range windows, on the same files in the same run, with the answers compared. Start reading at
 * {@link dev.millrace.benchmarks.pit.PitBenchmark}.
 */
@NullMarked
package dev.millrace.benchmarks.pit;

import org.jspecify.annotations.NullMarked;
