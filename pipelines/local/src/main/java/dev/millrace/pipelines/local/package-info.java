/**
 * The local engine: runs any plan over lists in memory and so defines its meaning. No cluster, file
 * or service is touched here. Start reading with the plan in {@code dev.millrace.pipelines.core}.
 */
@NullMarked
package dev.millrace.pipelines.local;

import org.jspecify.annotations.NullMarked;
