/**
 * What runs share on every engine that keeps tables: the account of what was written, what is found
 * done by it, how rows of a stream are judged and become tiles. Nothing here reads or writes a
 * table's rows. Start reading at {@link dev.millrace.pipelines.runs.Account}.
 */
@NullMarked
package dev.millrace.pipelines.runs;

import org.jspecify.annotations.NullMarked;
