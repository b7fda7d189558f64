package io.howdah.frontend.startup;

import io.howdah.error.PgError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The start-up parameter {@code options}: switches of the server's command line, of which those
 * that a session may give set run-time parameters.
 *
 * @see <a href="https://www.postgresql.org/docs/18/app-postgres.html">postgres, options</a>
 */
public final class ServerSwitches {
  /** Switches without an argument, and what they set; empty for those that mean nothing here. */
  private static final Map<Character, String> FLAGS =
      Map.ofEntries(
          Map.entry('b', ""),
          Map.entry('E', ""),
          Map.entry('e', "datestyle=euro"),
          Map.entry('F', "fsync=false"),
          Map.entry('i', "listen_addresses=*"),
          Map.entry('j', ""),
          Map.entry('l', "ssl=true"),
          Map.entry('n', ""),
          Map.entry('O', "allow_system_table_mods=true"),
          Map.entry('P', "ignore_system_indexes=true"),
          Map.entry('s', "log_statement_stats=true"),
          Map.entry('T', ""));

  /** Switches with an argument, and the parameter that takes it. */
  private static final Map<Character, String> VALUES =
      Map.ofEntries(
          Map.entry('B', "shared_buffers"),
          Map.entry('C', ""),
          Map.entry('D', ""),
          Map.entry('h', "listen_addresses"),
          Map.entry('k', "unix_socket_directories"),
          Map.entry('N', "max_connections"),
          Map.entry('p', "port"),
          Map.entry('r', ""),
          Map.entry('S', "work_mem"),
          Map.entry('v', ""),
          Map.entry('W', "post_auth_delay"));

  /** The kinds of plan that {@code -f} forbids, by their first letter. */
  private static final Map<Character, String> PLANS =
      Map.of(
          's', "enable_seqscan",
          'i', "enable_indexscan",
          'o', "enable_indexonlyscan",
          'b', "enable_bitmapscan",
          't', "enable_tidscan",
          'n', "enable_nestloop",
          'm', "enable_mergejoin",
          'h', "enable_hashjoin");

  private final List<String> words;
  private final List<String> strays = new ArrayList<>();
  private final Map<String, String> settings = new LinkedHashMap<>();

  private ServerSwitches(String options) {
    this.words = words(options);
  }

  /**
   * Reads them.
   *
   * @return parameters by name, in the order in which they were first given
   * @throws Refused as the server would
   */
  static Map<String, String> parse(String options) {
    ServerSwitches switches = new ServerSwitches(options);
    switches.read();
    return switches.settings;
  }

  /** The server takes no such switches. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient PgError error;

    Refused(PgError error) {
      super(error.message(), null, false, false);
      this.error = error;
    }

    public PgError error() {
      return error;
    }
  }

  private void read() {
    int i = 0;
    while (i < words.size()) {
      String word = words.get(i);
      if (word.equals("--")) {
        strays.addAll(words.subList(i + 1, words.size()));
        break;
      }
      if (word.startsWith("-") && word.length() > 1) {
        i = word(i);
      } else {
        strays.add(word);
        i++;
      }
    }
    if (!strays.isEmpty()) {
      throw invalid(strays.getFirst());
    }
  }

  /** Reads a word of one or more switches; returns the index of the next. */
  private int word(int index) {
    String word = words.get(index);
    for (int at = 1; at < word.length(); at++) {
      char letter = word.charAt(at);
      String flag = FLAGS.get(letter);
      if (flag != null) {
        assign(flag);
      } else if (!takesArgument(letter)) {
        throw invalid(word);
      } else if (at + 1 < word.length()) {
        argument(letter, word.substring(at + 1), word);
        return index + 1;
      } else if (index + 1 < words.size()) {
        String argument = words.get(index + 1);
        argument(letter, argument, argument);
        return index + 2;
      } else {
        throw invalid(word);
      }
    }
    return index + 1;
  }

  private static boolean takesArgument(char letter) {
    return VALUES.containsKey(letter) || "-cdft".indexOf(letter) >= 0;
  }

  private void argument(char letter, String argument, String word) {
    switch (letter) {
      case 'c', '-' -> longOption(letter, argument);
      case 'd' -> debug(argument);
      case 'f' -> {
        String plan = argument.isEmpty() ? null : PLANS.get(argument.charAt(0));
        if (plan == null) {
          throw invalid(word);
        }
        settings.put(plan, "false");
      }
      case 't' -> {
        String statistics = statistics(argument);
        if (statistics == null) {
          throw invalid(word);
        }
        settings.put(statistics, "true");
      }
      default -> {
        String name = VALUES.get(letter);
        if (!name.isEmpty()) {
          settings.put(name, argument);
        }
      }
    }
  }

  private void assign(String assignment) {
    int eq = assignment.indexOf('=');
    if (eq > 0) {
      settings.put(assignment.substring(0, eq), assignment.substring(eq + 1));
    }
  }

  private void longOption(char letter, String argument) {
    int eq = argument.indexOf('=');
    if (eq < 0) {
      throw new Refused(
          new PgError.InvalidSwitch(
              (letter == '-' ? "--" : "-c ") + argument + " requires a value", null));
    }
    String name = argument.substring(0, eq).replace('-', '_').toLowerCase(Locale.ROOT);
    settings.put(name, argument.substring(eq + 1));
  }

  private void debug(String argument) {
    int level = leadingNumber(argument);
    settings.put("log_min_messages", level > 0 ? "debug" + level : "notice");
    if (level >= 2) {
      settings.put("log_statement", "all");
    }
    if (level >= 3) {
      settings.put("debug_print_parse", "true");
    }
    if (level >= 4) {
      settings.put("debug_print_plan", "true");
    }
    if (level >= 5) {
      settings.put("debug_print_rewritten", "true");
    }
  }

  private static int leadingNumber(String text) {
    int end = 0;
    while (end < text.length() && end < 9 && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end == 0 ? 0 : Integer.parseInt(text.substring(0, end));
  }

  private static String statistics(String argument) {
    if (argument.startsWith("pa")) {
      return "log_parser_stats";
    }
    if (argument.startsWith("pl")) {
      return "log_planner_stats";
    }
    return argument.startsWith("e") ? "log_executor_stats" : null;
  }

  private static Refused invalid(String word) {
    return new Refused(
        new PgError.InvalidSwitch(
            "invalid command-line argument for server process: " + word,
            "Try \"postgres --help\" for more information."));
  }

  /** Cuts at white space; a backslash makes the next character part of its word. */
  private static List<String> words(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (" \t\n\u000b\f\r".indexOf(c) >= 0) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        continue;
      }
      if (word == null) {
        word = new StringBuilder();
      }
      if (c != '\\') {
        word.append(c);
      } else if (++i < options.length()) {
        word.append(options.charAt(i));
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
