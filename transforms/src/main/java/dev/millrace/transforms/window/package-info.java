/**
 * Windows that slide exactly at the head and in hops at the tail, and the kernels that evaluate
 * them over one key's events in time order. No key and no engine is known here. Start reading at
 * {@link dev.millrace.transforms.window.Window}.
 */
@NullMarked
package dev.millrace.transforms.window;

import org.jspecify.annotations.NullMarked;
