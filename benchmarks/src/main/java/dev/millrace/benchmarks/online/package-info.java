/**
 * The online store and the streams that feed it: how fresh values are, what a read and a load cost,
 * and whether stream, store and batch agree. No test: speeds depend on the machine. Start reading
 * at {@link dev.millrace.benchmarks.online.StreamBenchmark}.
 */
@org.jspecify.annotations.NullMarked
package dev.millrace.benchmarks.online;
