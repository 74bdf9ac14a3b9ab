/**
 * What is said when something is wrong: what, why, and what to do, with a near name where one was
 * meant. Nothing is logged or recovered here. Start reading at {@link
 * dev.millrace.transforms.problem.Problem}.
 */
@NullMarked
package dev.millrace.transforms.problem;

import org.jspecify.annotations.NullMarked;
