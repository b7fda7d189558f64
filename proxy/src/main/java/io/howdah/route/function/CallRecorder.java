package io.howdah.route.function;

import io.howdah.route.fact.Kind;
import io.howdah.route.lexer.Name;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which functions a query string calls, and what is known of them.
 *
 * <p>Thread: one at a time.
 */
public final class CallRecorder implements Functions {
  /** Where a verdict comes from. */
  public enum Source {
    /** The list of PostgreSQL's own functions. */
    BUILT_IN,
    /** The database's catalog. */
    CATALOG,
    /** Nothing is known of the name. */
    NOWHERE
  }

  /** What is known of a function. */
  public record Known(Verdict verdict, Source source) {}

  private final Functions functions;
  private final Map<String, Known> calls = new LinkedHashMap<>();

  /**
   * @param functions who is asked
   */
  public CallRecorder(Functions functions) {
    this.functions = functions;
  }

  @Override
  public boolean hide(Kind kind) {
    return functions.hide(kind);
  }

  @Override
  public Verdict of(Name schema, Name name) {
    Verdict verdict = functions.of(schema, name);
    Source source =
        verdict == Verdict.UNKNOWN
            ? Source.NOWHERE
            : BuiltinFunctions.INSTANCE.of(schema, name) == verdict
                ? Source.BUILT_IN
                : Source.CATALOG;
    calls.put(schema == null ? name.toString() : schema + "." + name, new Known(verdict, source));
    return verdict;
  }

  /** The functions by name as written, in the order of their first call. */
  public Map<String, Known> calls() {
    return calls;
  }
}
