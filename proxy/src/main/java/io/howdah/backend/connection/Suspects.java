package io.howdah.backend.connection;

import io.howdah.backend.statement.Statement;
import io.howdah.route.lexer.BareText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last statements that ran on a server connection since it was last found clean, for the moment
 * when it is not: those that may have done what their text does not show, and the others. Holds
 * references to texts that are in memory anyway, and few of them.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class Suspects {
  private static final int KEPT = 8;
  private static final int MOST_CHARS = 200;
  private static final int MOST_NAMES = 64;

  /** Two identifiers, as a parameter's name has them; no number. */
  private static final Pattern DOTTED =
      Pattern.compile("(?<![\\w$.])[A-Za-z_][\\w$]*\\.[A-Za-z_][\\w$]*(?![\\w$.])");

  /** The same between dollar quotes, whose dollar signs are no part of it. */
  private static final Pattern QUOTED =
      Pattern.compile("(?<=\\$)[A-Za-z_]\\w*\\.[A-Za-z_]\\w*(?=\\$)");

  /** What a connection counts for in the sample after a statement that hides what it does. */
  static final int WEIGHT_OF_HIDDEN = 16;

  private final Object[] hiding = new Object[KEPT];
  private final Object[] plain = new Object[KEPT];
  private int hidingCount;
  private int plainCount;
  private int weight;

  /** Something ran here, ever, that may have used temporary tables. */
  private boolean mayHaveUsedTemporaries;

  /**
   * A statement was sent.
   *
   * @param text a byte[] with the text, a {@link Statement}, or null for one that nobody kept
   * @param hides whether it may do what its text does not show
   */
  public void sent(Object text, boolean hides) {
    if (hides) {
      hiding[hidingCount++ & KEPT - 1] = text;
      weight = WEIGHT_OF_HIDDEN;
    } else {
      plain[plainCount++ & KEPT - 1] = text;
    }
  }

  /**
   * Whether temporary tables may have been used here since the connection was opened. The server
   * then refuses to change {@code temp_buffers}, whoever used them and whatever became of them.
   */
  public boolean mayHaveUsedTemporaries() {
    return mayHaveUsedTemporaries;
  }

  /** Something is being sent that may use temporary tables. */
  public void mayUseTemporaries() {
    mayHaveUsedTemporaries = true;
  }

  /** What the connection counts for when it is given back this time. */
  public int takeWeight() {
    int taken = Math.max(1, weight);
    weight = 0;
    return taken;
  }

  /**
   * Names with a dot in the texts: some may be those of parameters that nobody defined, which are
   * in no catalog and must be asked for by name.
   */
  public Set<String> dottedNames() {
    Set<String> names = new TreeSet<>();
    addDotted(hiding, names);
    addDotted(plain, names);
    return names;
  }

  private static void addDotted(Object[] texts, Set<String> names) {
    for (Object kept : texts) {
      byte[] text = bytes(kept);
      if (text == null) {
        continue;
      }
      String said = new String(text, StandardCharsets.UTF_8);
      for (Pattern pattern : List.of(DOTTED, QUOTED)) {
        Matcher found = pattern.matcher(said);
        while (names.size() < MOST_NAMES && found.find()) {
          names.add(found.group().toLowerCase(Locale.ROOT));
        }
      }
    }
  }

  /** The connection was found clean, or all that it holds is known to be its session's. */
  public void clear() {
    for (int i = 0; i < KEPT; i++) {
      hiding[i] = null;
      plain[i] = null;
    }
    hidingCount = 0;
    plainCount = 0;
    weight = 0;
  }

  /**
   * The statements that may have left something, the likeliest first, in words, for the log: none
   * of their values is in it.
   *
   * @param name a part of what was left, such as a parameter's name: whoever mentions it is likely
   */
  public String describe(String name) {
    boolean anyHides = hidingCount > 0;
    Object[] ring = anyHides ? hiding : plain;
    int seen = anyHides ? hidingCount : plainCount;
    if (seen == 0) {
      return "no statement is known";
    }
    Object likely = naming(ring, seen, name.toLowerCase(Locale.ROOT));
    if (likely != null) {
      return "likely: " + text(likely);
    }
    List<String> texts = latest(ring, seen);
    if (anyHides && seen == 1) {
      return "the only statement that runs code unknown to Howdah: " + texts.getFirst();
    }
    String which =
        (seen > texts.size() ? "one of the last " + texts.size() + " of " + seen : "one of " + seen)
            + " statements";
    return (anyHides ? which + " that run code unknown to Howdah: " : "perhaps " + which + ": ")
        + String.join(" | ", texts);
  }

  /** The latest that mentions a name, perhaps within a string; or null. */
  private static Object naming(Object[] ring, int count, String name) {
    for (int i = 1; i <= Math.min(count, KEPT) && !name.isEmpty(); i++) {
      byte[] text = bytes(ring[count - i & KEPT - 1]);
      if (text != null
          && new String(text, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT).contains(name)) {
        return text;
      }
    }
    return null;
  }

  private static List<String> latest(Object[] ring, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 1; i <= Math.min(count, KEPT); i++) {
      String text = text(ring[count - i & KEPT - 1]);
      if (!texts.contains(text)) {
        texts.add(text);
      }
    }
    return texts;
  }

  private static byte[] bytes(Object kept) {
    return switch (kept) {
      case byte[] text -> text;
      case Statement statement -> statement.text();
      case null, default -> null;
    };
  }

  private static String text(Object kept) {
    byte[] bytes = bytes(kept);
    return bytes == null ? "(a text that was not kept)" : BareText.of(bytes, MOST_CHARS);
  }
}
