package io.howdah.route.body;

import io.howdah.route.classify.SetConfig;
import io.howdah.route.classify.TemporarySchema;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SetArguments;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.route.function.SessionUse;
import io.howdah.route.lexer.Keywords.Category;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Goes over every token of a function's body in SQL or PL/pgSQL and finds what may outlast the
 * function's transaction. It knows where a statement can begin, and no more of the grammar: where
 * that leaves doubt, it finds too much, which costs a look at the server and nothing else.
 *
 * <p>Thread: one at a time; for one body.
 *
 * @see <a href="https://www.postgresql.org/docs/18/plpgsql-structure.html">PL/pgSQL, section
 *     41.2</a>
 */
final class BodyReader {
  private static final int DEEPEST_DYNAMIC = 3;

  private final Scanner s = new Scanner();
  private final Name name = new Name();
  private final Name qualifier = new Name();
  private final Set<String> calls = new HashSet<>();
  private final Set<String> parameters = new HashSet<>();
  private SessionUse use = SessionUse.NONE;
  private String why;

  /** How deep the text at hand stands in texts that are executed. */
  private int dynamic;

  /** The last token's word in lower case, if it was a plain name; else empty. */
  private String previous;

  /** The word before the name at hand. */
  private String before;

  /** Parts of the name that ends at the last token; 0 when it was no name. */
  private int parts;

  /** The name at hand is a keyword that can't be a function's without quotes. */
  private boolean keyword;

  private boolean begins;

  /** The statement's first word. */
  private String first;

  private BodyReader() {}

  static RoutineBody read(byte[] text) {
    BodyReader reader = new BodyReader();
    reader.walk(text);
    return reader.use == SessionUse.NONE && reader.calls.isEmpty()
        ? RoutineBody.HARMLESS
        : new RoutineBody(reader.use, reader.why, reader.calls, reader.parameters);
  }

  private void found(SessionUse what, String reason) {
    if (what.compareTo(use) > 0) {
      use = what;
      why = reason;
    }
  }

  private void walk(byte[] text) {
    s.reset(text, 0, text.length, true);
    previous = "";
    parts = 0;
    begins = true;
    first = "";
    for (Token t = s.next(); t != Token.END; t = s.next()) {
      switch (t) {
        case ERROR -> {
          found(SessionUse.PERHAPS, "its body can't be read");
          return;
        }
        case NAME, QUOTED_NAME -> name(t);
        case OPEN -> {
          if (isCall()) {
            call();
          }
          other(t);
        }
        default -> other(t);
      }
    }
  }

  private void other(Token t) {
    if (t != Token.DOT || parts == 0) {
      parts = 0;
    } else {
      parts = -parts;
    }
    previous = "";
    begins = t == Token.SEMICOLON;
  }

  private void name(Token t) {
    String word = t == Token.NAME ? s.nameText() : "";
    if (parts < 0) {
      parts = 1 - parts;
      qualifier.set(name);
      keyword = false;
    } else {
      parts = 1;
      before = previous;
      keyword = isSyntax();
      if (begins) {
        first = word;
        statement(word);
      } else {
        within(word);
      }
    }
    s.name(name);
    previous = word;
    begins =
        switch (word) {
          case "begin", "then", "else", "loop", "declare", "atomic" -> true;
          default -> false;
        };
  }

  private boolean isSyntax() {
    if (s.keyword() == null) {
      return false;
    }
    Category category = s.keyword().category();
    return category == Category.RESERVED || category == Category.COLUMN_NAME;
  }

  private void statement(String word) {
    switch (word) {
      case "set" -> set(s.fork());
      case "reset", "discard", "listen", "unlisten", "deallocate" -> {
        if (!isAssignment()) {
          found(SessionUse.CERTAIN, word.toUpperCase(Locale.ROOT));
        }
      }
      case "prepare" -> {
        if (!isAssignment() && !nextWord(s.fork()).equals("transaction")) {
          found(SessionUse.CERTAIN, "PREPARE");
        }
      }
      case "load" -> {
        if (s.fork().next() == Token.STRING) {
          found(SessionUse.UNSEEN, "LOAD");
        }
      }
      case "do" -> {
        if (!isAssignment()) {
          found(SessionUse.PERHAPS, "DO");
        }
      }
      case "execute" -> execute();
      default -> {}
    }
  }

  private void within(String word) {
    switch (word) {
      case "execute" -> {
        // RETURN QUERY EXECUTE, FOR x IN EXECUTE, OPEN x FOR EXECUTE; not GRANT EXECUTE.
        if (previous.equals("query") || previous.equals("in") || previous.equals("for")) {
          execute();
        }
      }
      case "temp", "temporary" -> {
        switch (previous) {
          case "create", "replace", "into", "local", "global" -> temporary();
          default -> {}
        }
      }
      case "hold" -> {
        if (previous.equals("with") && nextWord(s.fork()).equals("for")) {
          found(SessionUse.CERTAIN, "WITH HOLD");
        }
      }
      default -> {
        if (first.equals("create") && TemporarySchema.is(word)) {
          found(SessionUse.CERTAIN, "pg_temp");
        }
      }
    }
  }

  /** The word at hand is a variable that is assigned to. */
  private boolean isAssignment() {
    return switch (s.fork().next()) {
      case COLON_EQUALS, OPERATOR, DOT, OPEN_BRACKET -> true;
      default -> false;
    };
  }

  private static String nextWord(Scanner ahead) {
    return ahead.next() == Token.NAME ? ahead.nameText() : "";
  }

  /** SET stands at the beginning of a statement; {@code ahead} goes on behind it. */
  private void set(Scanner ahead) {
    if (isAssignment()) {
      return;
    }
    String word = nextWord(ahead);
    if (word.equals("local") || word.equals("constraints") || word.equals("transaction")) {
      return;
    }
    if (word.equals("session")) {
      word = nextWord(ahead);
    }
    found(SessionUse.CERTAIN, "SET " + word);
    if (ahead.next() == Token.DOT) {
      String rest = nextWord(ahead);
      parameters.add(word + '.' + rest);
    }
  }

  /** A temporary object is made; one that is dropped on commit is nobody's business. */
  private void temporary() {
    Scanner ahead = s.fork();
    String last = "";
    for (Token t = ahead.next(); ; t = ahead.next()) {
      switch (t) {
        case END, ERROR, SEMICOLON -> {
          found(SessionUse.CERTAIN, "a temporary object");
          return;
        }
        case NAME -> {
          String word = ahead.nameText();
          if (last.equals("commit") && word.equals("drop")) {
            return;
          }
          last = word;
        }
        default -> last = "";
      }
    }
  }

  private void execute() {
    if (isAssignment()) {
      return;
    }
    String text = dynamic < DEEPEST_DYNAMIC ? DynamicText.read(s.fork()) : null;
    if (text == null) {
      found(SessionUse.PERHAPS, "EXECUTE");
      return;
    }
    BodyReader inner = new BodyReader();
    inner.dynamic = dynamic + 1;
    inner.walk(text.getBytes(StandardCharsets.UTF_8));
    found(inner.use, inner.why);
    calls.addAll(inner.calls);
    parameters.addAll(inner.parameters);
  }

  private boolean isCall() {
    return parts > 0 && !keyword && !before.equals("into");
  }

  private void call() {
    if (parts == 1 && name.toString().equals(DynamicText.SOME_NAME)) {
      switch (before) {
        case "table", "exists", "on", "references", "update", "only" -> {}
        default -> found(SessionUse.PERHAPS, "EXECUTE of a call");
      }
      return;
    }
    Name schema = parts > 1 ? qualifier : null;
    calls.add(
        RoutineBody.called(schema == null ? null : schema.toString(), name.toString()).intern());
    switch (BuiltinFunctions.INSTANCE.of(schema, name)) {
      case SETTING -> setting();
      case SESSION_LOCK -> found(SessionUse.CERTAIN, name.toString());
      case RANDOM_SEED, SESSION_STATE -> found(SessionUse.UNSEEN, name.toString());
      case RUNS_SQL -> found(SessionUse.PERHAPS, name.toString());
      default -> {}
    }
  }

  private void setting() {
    switch (SetConfig.read(s.fork())) {
      case SetConfig.Local _ -> {}
      case SetConfig.Constant(SessionEffect.RandomSeed _) ->
          found(SessionUse.UNSEEN, "set_config of the seed");
      case SetConfig.Constant(SessionEffect.SetParameterText effect) -> setting(effect.name());
      case SetConfig.Constant(SessionEffect effect) -> found(SessionUse.CERTAIN, effect.reason());
      case SetConfig.Expression(String parameter, SetArguments _) -> {
        if (parameter == null) {
          found(SessionUse.UNSEEN, "set_config of a name that can't be told");
        } else {
          setting(parameter);
        }
      }
    }
  }

  private void setting(String parameter) {
    found(SessionUse.CERTAIN, "set_config of " + parameter);
    if (parameter.indexOf('.') >= 0) {
      parameters.add(parameter);
    }
  }
}
