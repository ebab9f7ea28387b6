package coterie.jobs.calibrate;

import coterie.ingest.error.UserError;
import java.util.Map;

/**
 * One line of a file of measurements.
 *
 * @param place file and line, for messages
 * @param fields by the names of the header
 */
record MeasuredRow(String place, Map<String, String> fields) {

  String text(String field) {
    var value = fields.get(field);
    if (value == null) {
      throw UserError.data(
          "%s: no field '%s'".formatted(place, field),
          "the header must name it, as in the published files");
    }
    return value;
  }

  double number(String field) {
    var value = text(field);
    try {
      double number = Double.parseDouble(value);
      if (number >= 0 && number < Double.MAX_VALUE) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Falls through to the same message as a number that cannot be.
    }
    throw UserError.data(
        "%s: %s is '%s'".formatted(place, field, value), "a number of at least 0 belongs there");
  }

  int whole(String field) {
    double number = number(field);
    if (number != Math.rint(number) || number > Integer.MAX_VALUE) {
      throw UserError.data(
          "%s: %s is '%s'".formatted(place, field, text(field)), "a whole number belongs there");
    }
    return (int) number;
  }
}
