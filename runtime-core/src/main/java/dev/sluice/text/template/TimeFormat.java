package dev.sluice.text.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} in the C locale, for local times without a zone. */
final class TimeFormat {
    private TimeFormat() {}

    static String format(String format, LocalDateTime time) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < format.length(); at++) {
            char c = format.charAt(at);
            if (c != '%') {
                out.append(c);
                continue;
            }
            boolean unpadded = format.startsWith("-", at + 1);
            at += unpadded ? 2 : 1;
            if (at >= format.length()) {
                throw TemplateException.evaluation("strftime_now: the format '" + format + "' ends inside a code");
            }
            String field = field(format.charAt(at), time);
            out.append(unpadded ? field.replaceFirst("^[0 ]+(?=.)", "") : field);
        }
        return out.toString();
    }

    private static String field(char code, LocalDateTime time) {
        return switch (code) {
            case 'Y' -> Integer.toString(time.getYear());
            case 'y' -> pattern(time, "uu");
            case 'C' -> padded(time.getYear() / 100, 2);
            case 'm' -> pattern(time, "MM");
            case 'd' -> pattern(time, "dd");
            case 'e' -> "%2d".formatted(time.getDayOfMonth());
            case 'b', 'h' -> english(time.getMonth()).substring(0, 3);
            case 'B' -> english(time.getMonth());
            case 'a' -> english(time.getDayOfWeek()).substring(0, 3);
            case 'A' -> english(time.getDayOfWeek());
            case 'H' -> pattern(time, "HH");
            case 'I' -> pattern(time, "hh");
            case 'M' -> pattern(time, "mm");
            case 'S' -> pattern(time, "ss");
            case 'f' -> pattern(time, "SSSSSS");
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'j' -> padded(time.getDayOfYear(), 3);
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 'V' -> padded(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'D', 'x' -> format("%m/%d/%y", time);
            case 'F' -> format("%Y-%m-%d", time);
            case 'T', 'X' -> format("%H:%M:%S", time);
            case 'R' -> format("%H:%M", time);
            case 'r' -> format("%I:%M:%S %p", time);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
            case 'z', 'Z' -> "";
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> throw TemplateException.evaluation("strftime_now: the code %" + code + " is not supported");
        };
    }

    private static String pattern(LocalDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time);
    }

    /** The C locale's names; those of the JDK's locales change between releases. */
    private static String english(Enum<?> name) {
        return name.name().charAt(0) + name.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String padded(int number, int width) {
        return ("%0" + width + "d").formatted(number);
    }
}
