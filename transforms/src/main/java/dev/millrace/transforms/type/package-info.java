/**
 * The types of values and the shape of rows. Nothing here knows how an engine stores a value. Start
 * reading at {@link dev.millrace.transforms.type.DataType}.
 */
@NullMarked
package dev.millrace.transforms.type;

import org.jspecify.annotations.NullMarked;
