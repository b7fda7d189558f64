package io.howdah.route.body;

import io.howdah.route.function.Catalog;
import io.howdah.route.function.HiddenUse;
import io.howdah.route.function.SessionUse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Works out from the bodies of a database's functions and procedures, and from what depends on
 * them, which calls may change the session: those of functions that do so themselves, and of all
 * that call such. Linear in the calls.
 */
public final class Routines {
  /** More names are not asked for behind a statement. */
  static final int MOST_PARAMETERS = 256;

  /**
   * A function or procedure.
   *
   * @param oid its number in the server's catalog
   * @param acts whether it is VOLATILE
   * @param behindBuiltin whether a built-in function with the same arguments hides it from an
   *     unqualified call
   * @param procedure whether only CALL calls it
   */
  public record Routine(
      String oid,
      String schema,
      String name,
      boolean acts,
      boolean behindBuiltin,
      boolean procedure,
      RoutineBody body) {}

  /**
   * Something that depends on a function.
   *
   * @param catalog the server's catalog that it is in, such as {@code pg_trigger}
   * @param dependent where the catalog is pg_proc, the number of a function whose body was parsed,
   *     or of an aggregate; else null
   * @param routine the number of the function
   */
  public record Dependence(String catalog, String dependent, String routine) {}

  private final List<Routine> routines;
  private final SessionUse[] uses;
  private final String[] reasons;
  private final Map<String, Integer> byOid = new HashMap<>();
  private final Map<String, List<Integer>> callers = new HashMap<>();
  private final Map<String, List<Integer>> dependents = new HashMap<>();
  private final Deque<Integer> changed = new ArrayDeque<>();

  private Routines(List<Routine> routines) {
    this.routines = routines;
    uses = new SessionUse[routines.size()];
    reasons = new String[routines.size()];
    Arrays.fill(uses, SessionUse.NONE);
  }

  /**
   * The catalog of these functions.
   *
   * @param routines those of one schema and name side by side
   */
  public static Catalog catalog(List<Routine> routines, List<Dependence> dependences) {
    Routines all = new Routines(routines);
    all.connect(dependences);
    all.spread();
    return Catalog.of(all.entries(), all.hiddenUse(dependences), all.parameters());
  }

  private void connect(List<Dependence> dependences) {
    for (int i = 0; i < routines.size(); i++) {
      Routine routine = routines.get(i);
      byOid.put(routine.oid(), i);
      for (String called : routine.body().calls()) {
        callers.computeIfAbsent(called, _ -> new ArrayList<>(1)).add(i);
      }
      raise(i, routine.body().use(), routine.body().why());
    }
    for (Dependence each : dependences) {
      Integer dependent = each.dependent() == null ? null : byOid.get(each.dependent());
      if (dependent != null) {
        dependents.computeIfAbsent(each.routine(), _ -> new ArrayList<>(1)).add(dependent);
      }
    }
  }

  private void raise(int routine, SessionUse use, String why) {
    if (use.compareTo(uses[routine]) > 0) {
      uses[routine] = use;
      reasons[routine] = why;
      changed.add(routine);
    }
  }

  /** Each is visited at most once for each step that its use goes up. */
  private void spread() {
    while (!changed.isEmpty()) {
      int i = changed.remove();
      Routine routine = routines.get(i);
      raise(callers.get(routine.name()), i);
      raise(callers.get(RoutineBody.called(routine.schema(), routine.name())), i);
      raise(dependents.get(routine.oid()), i);
    }
  }

  private void raise(List<Integer> those, int called) {
    if (those != null) {
      String why = "it calls " + routines.get(called).name();
      for (int each : those) {
        raise(each, uses[called], why);
      }
    }
  }

  private List<Catalog.Entry> entries() {
    List<Catalog.Entry> entries = new ArrayList<>();
    for (int i = 0; i < routines.size(); i++) {
      Routine routine = routines.get(i);
      if (!routine.procedure()) {
        Catalog.Entry one = entry(i, routine);
        Catalog.Entry last = entries.isEmpty() ? null : entries.getLast();
        if (last != null && last.name().equals(one.name()) && last.schema().equals(one.schema())) {
          entries.set(entries.size() - 1, last.with(one));
        } else {
          entries.add(one);
        }
      }
    }
    return entries;
  }

  private Catalog.Entry entry(int i, Routine routine) {
    boolean behind = routine.behindBuiltin();
    return new Catalog.Entry(
        routine.schema(),
        routine.name(),
        routine.acts(),
        routine.acts() && !behind,
        behind,
        uses[i],
        behind ? SessionUse.NONE : uses[i],
        reasons[i]);
  }

  /** Which statements call such a function where their text does not show it. */
  private HiddenUse hiddenUse(List<Dependence> dependences) {
    HiddenUse hidden = HiddenUse.NONE;
    for (Dependence each : dependences) {
      Integer routine = byOid.get(each.routine());
      if (routine != null && uses[routine] != SessionUse.NONE) {
        hidden =
            switch (each.catalog()) {
              case "pg_proc" -> hidden;
              case "pg_trigger", "pg_event_trigger", "pg_attrdef", "pg_class" ->
                  hidden == HiddenUse.NONE ? HiddenUse.WRITES : hidden;
              default -> HiddenUse.ALL;
            };
      }
    }
    return hidden;
  }

  private Set<String> parameters() {
    Set<String> names = new TreeSet<>();
    for (Routine routine : routines) {
      for (String name : routine.body().parameters()) {
        if (names.size() < MOST_PARAMETERS) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
