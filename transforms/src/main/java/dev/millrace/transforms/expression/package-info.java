/**
 * Spark SQL text compiled by Catalyst without a session, under pinned settings. No expression
 * language of our own and no engine. Start reading at {@link
 * dev.millrace.transforms.expression.Expressions}.
 */
@NullMarked
package dev.millrace.transforms.expression;

import org.jspecify.annotations.NullMarked;
