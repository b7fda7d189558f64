package io.howdah.frontend.prepared;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers for the contexts in which sessions of one event loop have texts analysed: equal contexts
 * have one number while it is remembered, and no two different ones ever share one.
 *
 * <p>Thread: one event loop.
 */
public final class ParseVariants {
  private static final int MOST = 4096;

  /**
   * All that the meaning of a query string depends on.
   *
   * @param database the one that the client asked for
   * @param user who the client is
   * @param reading the number of the way in which texts are read
   * @param encoding of the text
   * @param reportedPath search_path as the server reports it, or null
   * @param settings of parameters that matter, null for the server's own
   * @param schemaEpoch of the database
   */
  public record Context(
      String database,
      String user,
      int reading,
      String encoding,
      String reportedPath,
      Map<String, String> settings,
      int schemaEpoch) {}

  private final Map<Context, Integer> numbers = new HashMap<>();
  private int last;

  /** The number of a context; never 0. */
  public int of(Context context) {
    Integer known = numbers.get(context);
    if (known != null) {
      return known;
    }
    if (numbers.size() >= MOST) {
      numbers.clear();
    }
    int number = unshared();
    numbers.put(context, number);
    return number;
  }

  /** A number that stands for no other context; never 0. */
  public int unshared() {
    last++;
    if (last == 0) {
      last++;
    }
    return last;
  }

  /** Contexts that are remembered. */
  int size() {
    return numbers.size();
  }
}
