/**
 * Canonical bytes: one value, one encoding, on every machine. No file or network is touched here.
 * Start reading at {@link dev.millrace.transforms.bytes.ByteWriter}.
 */
@NullMarked
package dev.millrace.transforms.bytes;

import org.jspecify.annotations.NullMarked;
