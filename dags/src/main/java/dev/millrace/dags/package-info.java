/**
 * A project's definitions as one pipeline, the tasks that follow from them, and their run in order.
 * No task is written by hand that can be derived. Start reading at {@link
 * dev.millrace.dags.Pipeline}.
 */
@NullMarked
package dev.millrace.dags;

import org.jspecify.annotations.NullMarked;
