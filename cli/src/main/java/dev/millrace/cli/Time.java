package dev.millrace.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as a person writes it. */
final class Time implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException malformed) {
      throw new TypeConversionException(
          "'" + text + "' is no time; write it as 2001-02-05T00:00:00Z");
    }
  }
}
