package io.howdah.app;

import io.howdah.config.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The keys below one prefix, read as typed values. A value that can't be read is a fault, and the
 * default stands in for it so that reading goes on and finds the other faults too.
 */
final class Section {
  private final Settings settings;
  private final Faults faults;
  private final String prefix;

  Section(Settings settings, Faults faults, String prefix) {
    this.settings = settings;
    this.faults = faults;
    this.prefix = prefix;
  }

  Section section(String name) {
    return new Section(settings, faults, KeyPath.child(prefix, name));
  }

  private String key(String name) {
    return prefix + "." + name;
  }

  private <T> Optional<T> read(String name, String allowed, Function<String, T> parse) {
    return settings.find(key(name)).flatMap(setting -> parsed(setting, allowed, parse));
  }

  private <T> Optional<T> parsed(Setting setting, String allowed, Function<String, T> parse) {
    try {
      return Optional.of(parse.apply(setting.value()));
    } catch (IllegalArgumentException e) {
      faults.add(setting.key(), "is " + setting.shown(), allowed);
      return Optional.empty();
    }
  }

  private <T> T or(String name, Optional<T> value, T otherwise, Function<T, String> write) {
    settings.noteDefault(key(name), write.apply(otherwise));
    return value.orElse(otherwise);
  }

  int number(String name, int otherwise) {
    return or(name, read(name, Values.NUMBER, Values::number), otherwise, n -> Integer.toString(n));
  }

  OptionalInt number(String name) {
    return read(name, Values.NUMBER, Values::number).stream().mapToInt(n -> n).findFirst();
  }

  double fraction(String name, double otherwise) {
    return or(name, read(name, "0 to 1", Double::parseDouble), otherwise, String::valueOf);
  }

  long bytes(String name, long otherwise) {
    return or(name, read(name, Values.BYTES, Values::bytes), otherwise, Values::text);
  }

  /** A size that is held as an int. */
  int smallBytes(String name, int otherwise) {
    Function<String, Integer> parse =
        text -> {
          long n = Values.bytes(text);
          if (n > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(text);
          }
          return (int) n;
        };
    return or(
        name, read(name, Values.BYTES + ", below 2GiB", parse), otherwise, n -> Values.text(n));
  }

  Duration duration(String name, Duration otherwise) {
    return or(name, read(name, Values.DURATION, Values::duration), otherwise, Values::text);
  }

  boolean flag(String name, boolean otherwise) {
    return or(name, flag(name), otherwise, String::valueOf);
  }

  Optional<Boolean> flag(String name) {
    return read(name, Values.FLAG, Values::flag);
  }

  <E extends Enum<E>> E choice(String name, E otherwise) {
    return or(name, choice(name, otherwise.getDeclaringClass()), otherwise, Values::word);
  }

  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    String allowed =
        Arrays.stream(type.getEnumConstants()).map(Values::word).collect(Collectors.joining(", "));
    return read(name, "one of " + allowed, text -> Values.choice(type, text));
  }

  String text(String name, String otherwise) {
    return or(name, settings.find(key(name)).map(Setting::value), otherwise, t -> t);
  }

  /** Text without a default; blank text is a fault. */
  Optional<String> text(String name) {
    Optional<Setting> setting = settings.find(key(name));
    setting.ifPresent(s -> faults.check(!s.value().isBlank(), s.key(), "is empty", "text"));
    return setting.map(Setting::value);
  }

  /** Text that has to be given; {@code ""} stands in for it where it isn't. */
  String required(String name, String allowed) {
    Optional<Setting> setting = settings.find(key(name)).filter(s -> !s.value().isBlank());
    if (setting.isEmpty()) {
      faults.add(key(name), "is missing", allowed);
    }
    return setting.map(Setting::value).orElse("");
  }

  /** A file that has to be readable. */
  Optional<Path> file(String name, String allowed) {
    return settings
        .find(key(name))
        .flatMap(
            setting -> {
              try {
                Path path = Path.of(setting.value());
                if (!setting.value().isBlank() && Files.isRegularFile(path)) {
                  faults.check(Files.isReadable(path), setting.key(), unreadable(setting), allowed);
                  return Optional.of(path);
                }
              } catch (InvalidPathException e) {
                // Reported below like a file that isn't there.
              }
              faults.add(setting.key(), "names no file: " + setting.shown(), allowed);
              return Optional.empty();
            });
  }

  /** A password: the text of {@code name}, or of the file that {@code name}-file names. */
  Optional<String> secret(String name) {
    Optional<Setting> plain = settings.find(key(name));
    Optional<Setting> file = settings.find(key(name + "-file"));
    if (plain.isPresent() && file.isPresent()) {
      faults.add(
          plain.get().key(),
          "stands beside " + file.get().key() + plain.get().from(),
          "one of the two");
      return Optional.empty();
    }
    return file.isPresent() ? contents(file.get()) : plain.map(Setting::value);
  }

  private Optional<String> contents(Setting setting) {
    try {
      // One line break at the end is the editor's, not the password's.
      return Optional.of(Files.readString(Path.of(setting.value())).replaceFirst("\\r?\\n\\z", ""));
    } catch (IOException | InvalidPathException e) {
      faults.add(setting.key(), unreadable(setting), "a file that holds the password");
      return Optional.empty();
    }
  }

  private static String unreadable(Setting setting) {
    return "names a file that can't be read: " + setting.shown();
  }

  /** A list: elements by index, or one text with commas; the stronger source wins. */
  <T> List<T> list(String name, String allowed, Function<String, T> parse) {
    Optional<Setting> whole = settings.find(key(name));
    Optional<Setting> first = settings.find(key(name) + "[0]");
    List<Setting> elements = new ArrayList<>();
    // A list in YAML arrives in both forms.
    boolean indexed =
        first.isPresent() && (whole.isEmpty() || first.get().ordinal() >= whole.get().ordinal());
    for (int i = 0; ; i++) {
      Optional<Setting> element = settings.find(key(name) + "[" + i + "]");
      if (element.isEmpty()) {
        break;
      }
      elements.add(element.get());
    }
    if (!indexed) {
      elements.clear();
      whole.ifPresent(
          s ->
              Arrays.stream(s.value().split(","))
                  .filter(e -> !e.isBlank())
                  .forEach(e -> elements.add(new Setting(s.key(), e, s.origin(), s.ordinal()))));
    }
    return elements.stream().flatMap(s -> parsed(s, allowed, parse).stream()).toList();
  }

  Set<String> words(String name) {
    settings.noteDefault(key(name), "");
    return new LinkedHashSet<>(list(name, "names", String::strip));
  }

  /** One entry for each name found below this section, in order of the names. */
  <T> Map<String, T> entries(BiFunction<String, Section, T> read) {
    Map<String, T> entries = new LinkedHashMap<>();
    for (String name : settings.names(prefix, leaves(read))) {
      entries.put(name, read.apply(name, section(name)));
    }
    return entries;
  }

  /** The keys that {@code read} asks for below its name, found by letting it read nothing. */
  private static <T> Set<String> leaves(BiFunction<String, Section, T> read) {
    Settings nothing = Settings.none();
    var unused = read.apply("x", new Section(nothing, new Faults(), "x"));
    Set<String> leaves = new TreeSet<>();
    nothing.known().forEach(key -> leaves.add(key.substring(2).replace("[0]", "")));
    return leaves;
  }
}
