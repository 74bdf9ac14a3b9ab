/**
 * The local engine: any plan over rows in memory, in this thread, in milliseconds. It defines what
 * a plan means; other engines are compared to it, and users test their definitions with it. Nothing
 * is read from or written to the outside. Start reading at {@link
 * dev.millrace.pipelines.local.LocalEngine}.
 */
@NullMarked
package dev.millrace.pipelines.local;

import org.jspecify.annotations.NullMarked;
