/**
 * The command {@code millrace}: it puts engine, stores and a user's project together and shows what
 * they do. No value is computed and no job planned here. Start reading at {@link
 * dev.millrace.cli.Main}.
 */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
