package io.howdah.route.body;

import io.howdah.route.function.SessionUse;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What the body of a function or procedure tells of what it does to the session. Immutable.
 *
 * @param use what it does itself, without those that it calls
 * @param why what in it tells so, in a few words; null where it does nothing
 * @param calls the functions that it calls, as {@link #called} writes them
 * @param parameters the names with a dot that it sets: parameters which nobody may have defined, so
 *     that no catalog of the server's has them
 */
public record RoutineBody(SessionUse use, String why, Set<String> calls, Set<String> parameters) {
  /** One that does nothing to the session. */
  public static final RoutineBody HARMLESS = of(SessionUse.NONE, null);

  /** One whose text nobody has. */
  public static final RoutineBody UNREAD = of(SessionUse.PERHAPS, "its body was not read");

  public RoutineBody {
    calls = Set.copyOf(calls);
    parameters = Set.copyOf(parameters);
  }

  static RoutineBody of(SessionUse use, String why) {
    return new RoutineBody(use, why, Set.of(), Set.of());
  }

  /** Reads a body in SQL or PL/pgSQL. */
  public static RoutineBody read(String text) {
    return BodyReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A body that is not text of SQL: what is known of its language and extension must do.
   *
   * <p>The C code of extensions is presumed to leave the session alone, but for the functions that
   * are known not to: {@code uuid_generate_v4} and PostGIS are called everywhere, and nobody could
   * pay for a look behind each call.
   *
   * @param language {@code pg_language.lanname}
   * @param extension that the function belongs to, or null
   * @param name of the function
   * @param symbol {@code prosrc}: the function in C that is called
   * @param immutable whether it is declared so
   */
  public static RoutineBody opaque(
      String language, String extension, String name, String symbol, boolean immutable) {
    return switch (language) {
      case "internal" -> OpaqueCode.ofServer(symbol);
      case "c" -> OpaqueCode.ofLibrary(extension, name, immutable);
      default -> immutable ? HARMLESS : of(SessionUse.PERHAPS, "its language is " + language);
    };
  }

  /** Whether a body in this language can be {@linkplain #read read}. */
  public static boolean isReadable(String language) {
    return language.equals("sql") || language.equals("plpgsql");
  }

  /** A function as a call names it: its schema may be missing. */
  static String called(String schema, String name) {
    return schema == null ? name : schema + '\0' + name;
  }
}
