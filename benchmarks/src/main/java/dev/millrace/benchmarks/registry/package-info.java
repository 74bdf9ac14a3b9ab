/** The registry: how fast it takes versions and answers, and what kills do to it. */
@NullMarked
package dev.millrace.benchmarks.registry;

import org.jspecify.annotations.NullMarked;
