package io.howdah.admin;

import io.howdah.admin.Control.Shutdown;
import io.howdah.error.PgError;
import io.howdah.error.PgError.ConsoleDenied;
import io.howdah.error.PgError.ConsoleError;
import io.howdah.error.PgError.NotSupported;
import io.howdah.error.Severity;
import io.howdah.error.Sqlstate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The admin console: carries out one query string over a {@link Control}. Commands are PgBouncer's,
 * as far as Howdah has what they are about.
 *
 * <p>A SET of the settings that drivers send after connecting is accepted and does nothing; any
 * other SET is refused, for configuration comes from the file alone. {@code SELECT 1} and {@code
 * SELECT version()} are answered, because connection pools ask them to see whether a connection is
 * alive.
 *
 * <p>Thread: any; it keeps no state.
 */
public final class Console {
  /** The names by which it is connected to. */
  public static final Set<String> DATABASES = Set.of("howdah", "pgbouncer");

  private static final String HELP_HINT = "SHOW HELP lists all commands.";

  private static final Set<String> DRIVER_SETTINGS =
      Set.of(
          "APPLICATION_NAME",
          "CLIENT_ENCODING",
          "NAMES",
          "CLIENT_MIN_MESSAGES",
          "DATESTYLE",
          "EXTRA_FLOAT_DIGITS",
          "INTERVALSTYLE",
          "LOCK_TIMEOUT",
          "SEARCH_PATH",
          "SESSION",
          "STANDARD_CONFORMING_STRINGS",
          "STATEMENT_TIMEOUT",
          "TIME",
          "TIMEZONE");

  private static final List<String> VERBS =
      List.of(
          "SHOW",
          "SET",
          "SELECT",
          "PAUSE",
          "RESUME",
          "RECONNECT",
          "KILL",
          "KILL_CLIENT",
          "RELOAD",
          "SHUTDOWN");

  private final Control control;
  private final Map<String, Function<Snapshot, Reply.Table>> shows = new LinkedHashMap<>();

  /** A console over this proxy, with averages from this history. */
  public Console(Control control, StatsHistory history) {
    this.control = control;
    StatsTables stats = new StatsTables(history);
    shows.put("HELP", s -> Help.table());
    shows.put("CLIENTS", ShowTables::clients);
    shows.put("CONFIG", ShowTables::config);
    shows.put("DATABASES", ShowTables::databases);
    shows.put("LISTS", ShowTables::lists);
    shows.put("LISTENERS", ShowTables::listeners);
    shows.put("NODES", ShowTables::nodes);
    shows.put("POOLS", ShowTables::pools);
    shows.put("ROUTES", RouteTables::routes);
    shows.put("SERVERS", ShowTables::servers);
    shows.put("STATE", ShowTables::state);
    shows.put("STATS", stats::stats);
    shows.put("STATS_TOTALS", stats::totals);
    shows.put("STATS_AVERAGES", stats::averages);
    shows.put("TOTALS", stats::overall);
    shows.put("USERS", ShowTables::users);
    shows.put("VERSION", ShowTables::version);
  }

  /** Carries out a query string. The stage never fails: an error is a reply. */
  public CompletionStage<Reply> execute(String sql, Access access) {
    try {
      Words words = Words.of(sql);
      return words.isEmpty()
          ? reply(new Reply.Empty())
          : run(words, access).exceptionally(Console::failed);
    } catch (Refused e) {
      return reply(new Reply.Failed(e.error()));
    }
  }

  private static CompletionStage<Reply> reply(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }

  private static Reply failed(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new Reply.Failed(
        cause instanceof Refused r
            ? r.error()
            : new ConsoleError(
                Sqlstate.INTERNAL_ERROR,
                "the console command failed: " + cause,
                "Please report this; Howdah's log has the details."));
  }

  private CompletionStage<Reply> run(Words words, Access access) {
    return switch (words.keyword(0)) {
      case "SHOW" -> show(words);
      case "SELECT" -> select(words);
      case "SET" -> set(words);
      case "PAUSE", "RESUME", "RECONNECT", "KILL", "KILL_CLIENT", "RELOAD", "SHUTDOWN" -> {
        if (access != Access.ADMIN) {
          throw new Refused(
              new ConsoleDenied(words.keyword(0) + " is for admin users only (auth.admin-users)"));
        }
        yield act(words);
      }
      case "SUSPEND", "DISABLE", "ENABLE", "WAIT_CLOSE" ->
          throw new Refused(
              new NotSupported(
                  Severity.ERROR, words.keyword(0) + " is not supported by Howdah", HELP_HINT));
      default -> throw unknown(words.get(0), words.keyword(0), "", VERBS);
    };
  }

  private CompletionStage<Reply> show(Words words) {
    String what = words.size() == 1 ? "HELP" : words.keyword(1);
    if (what.equals("ROUTE")) {
      return RouteTables.route(words, control);
    }
    Function<Snapshot, Reply.Table> show = shows.get(what);
    if (show == null) {
      throw unknown("SHOW " + words.get(1), what, "SHOW ", List.copyOf(shows.keySet()));
    }
    noMoreThan(2, words);
    return control.snapshot().thenApply(show);
  }

  private CompletionStage<Reply> select(Words words) {
    String rest = String.join(" ", words.list()).toLowerCase(Locale.ROOT);
    return switch (rest) {
      case "select 1" -> reply(new Sheet(Sheet.columns("?column? int4")).row(1).done("SELECT 1"));
      case "select version()" ->
          control
              .snapshot()
              .thenApply(
                  s ->
                      new Sheet(Sheet.columns("version text"))
                          .row("Howdah " + s.version())
                          .done("SELECT 1"));
      default ->
          throw new Refused(
              new NotSupported(
                  Severity.ERROR,
                  "the admin console runs no queries",
                  "Connect to one of your databases for SQL. " + HELP_HINT));
    };
  }

  private static CompletionStage<Reply> set(Words words) {
    String name = words.keyword(1).replaceFirst("=.*", "");
    if (!DRIVER_SETTINGS.contains(name)) {
      throw new Refused(
          new NotSupported(
              Severity.ERROR,
              "settings can't be changed on the console",
              "Change the configuration file and RELOAD."));
    }
    return reply(new Reply.Done("SET"));
  }

  private CompletionStage<Reply> act(Words words) {
    String verb = words.keyword(0);
    String argument = words.size() > 1 ? words.get(1) : null;
    noMoreThan(verb.equals("RELOAD") ? 1 : 2, words);
    CompletionStage<Void> done =
        switch (verb) {
          case "PAUSE" -> control.pause(argument);
          case "RESUME" -> control.resume(argument);
          case "RECONNECT" -> control.reconnect(argument);
          case "KILL" -> control.kill(argument);
          case "KILL_CLIENT" -> control.killClient(clientId(argument));
          case "RELOAD" -> control.reload();
          case "SHUTDOWN" -> control.shutdown(shutdown(words));
          default -> throw new IllegalArgumentException(verb);
        };
    return done.thenApply(nothing -> new Reply.Done(verb));
  }

  private static long clientId(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Refused(
          new ConsoleError(
              Sqlstate.SYNTAX_ERROR,
              "KILL_CLIENT needs the id of a client",
              "SHOW CLIENTS has it in its column \"id\"."));
    }
  }

  private static Shutdown shutdown(Words words) {
    return switch (words.keyword(1)) {
      case "" -> Shutdown.IMMEDIATE;
      case "WAIT_FOR_SERVERS" -> Shutdown.WAIT_FOR_SERVERS;
      case "WAIT_FOR_CLIENTS" -> Shutdown.WAIT_FOR_CLIENTS;
      default ->
          throw unknown(
              "SHUTDOWN " + words.get(1),
              words.keyword(1),
              "SHUTDOWN ",
              List.of("WAIT_FOR_SERVERS", "WAIT_FOR_CLIENTS"));
    };
  }

  private static void noMoreThan(int most, Words words) {
    if (words.size() > most) {
      throw new Refused(
          Words.error("syntax error at or near \"" + words.get(most) + "\"", HELP_HINT));
    }
  }

  private static Refused unknown(String said, String key, String before, List<String> names) {
    String near = Nearest.to(key, names);
    PgError error =
        Words.error(
            "unknown console command \"" + said + "\"",
            (near == null ? "" : "Did you mean " + before + near + "? ") + HELP_HINT);
    return new Refused(error);
  }
}
