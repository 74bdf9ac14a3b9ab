/**
 * Reads of the online store beside raw reads of the same bytes with the same client, under an open
 * load, and loads beside another writer's. Nothing here is a contest between stores. Start reading
 * at {@link dev.millrace.benchmarks.online.ReadBenchmark}.
 */
@NullMarked
package dev.millrace.benchmarks.online;

import org.jspecify.annotations.NullMarked;
