package io.howdah.route.fact;

import io.howdah.route.lexer.Hint;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the text of a statement, or of several in one string, tells. Immutable; those without
 * culprit and effects are shared.
 *
 * @param reason why it is of its kind
 * @param culprit the function, keyword or name that made it so, or null where nothing in particular
 *     did
 * @param statements statements that are not empty
 * @param hint what a comment asked for
 * @param effects what it leaves behind in the session once it has succeeded, in order
 */
public record Facts(
    Reason reason, String culprit, int statements, Hint hint, List<SessionEffect> effects)
    implements Weighty {

  /** An effect, with its name and value, about: a text can have an effect every eight bytes. */
  private static final int EFFECT_BYTES = 160;

  private static final Map<Hint, Map<Reason, Facts>> SHARED = new EnumMap<>(Hint.class);

  static {
    for (Hint h : Hint.values()) {
      Map<Reason, Facts> byReason = new EnumMap<>(Reason.class);
      for (Reason r : Reason.values()) {
        byReason.put(r, new Facts(r, null, r == Reason.EMPTY ? 0 : 1, h, List.of()));
      }
      SHARED.put(h, byReason);
    }
  }

  public Facts {
    effects = List.copyOf(effects);
  }

  @Override
  public long weight() {
    return (long) EFFECT_BYTES * effects.size();
  }

  /** The shared facts of one statement (none, for {@link Reason#EMPTY}) without more to say. */
  public static Facts shared(Reason reason, Hint hint) {
    return SHARED.get(hint).get(reason);
  }

  /**
   * Whether prepared statements are made, used or dropped by name, or may be: the session's names
   * then matter to what the text does.
   */
  public boolean usesNames() {
    return any(
        effects,
        effect ->
            switch (effect) {
              case SessionEffect.PrepareStatement _,
                  SessionEffect.ExecuteStatement _,
                  SessionEffect.Deallocate _,
                  SessionEffect.AnyStatement _,
                  SessionEffect.Unseen _ ->
                  true;
              default -> effect.discardsAll();
            });
  }

  /** Whether DISCARD ALL is in it, which runs alone or not at all. */
  public boolean discardsAll() {
    return any(effects, SessionEffect::discardsAll);
  }

  /** Whether it needs a database in which nobody else is ({@link SessionEffect.DatabaseChange}). */
  public boolean changesDatabase() {
    return any(effects, SessionEffect.DatabaseChange.class::isInstance);
  }

  /** Whether something of it stays in the session. */
  public boolean lasts() {
    return lasts(effects);
  }

  public static boolean lasts(List<SessionEffect> effects) {
    return any(effects, SessionEffect::lasts);
  }

  /** Whether EXECUTE is in it: then what it returns depends on the session's names. */
  public boolean executesNames() {
    return any(effects, SessionEffect.ExecuteStatement.class::isInstance);
  }

  /** Whether the values of a Bind tell more of what it does to the session. */
  public boolean dependsOnValues() {
    return any(
        effects,
        effect ->
            effect instanceof SessionEffect.UnknownSetting setting && setting.arguments() != null);
  }

  /** The same with these effects. */
  public Facts withEffects(List<SessionEffect> instead) {
    return new Facts(reason, culprit, statements, hint, instead);
  }

  /** Whether it may leave state that ties its session to the server connection. */
  public boolean pins() {
    return any(effects, SessionEffect::pins);
  }

  /** Whether code runs of which nobody can tell what it does to the session. */
  public boolean runsCode() {
    return reason == Reason.PROCEDURE
        || any(
            effects,
            effect ->
                effect instanceof SessionEffect.RunsCode || effect instanceof SessionEffect.Unseen);
  }

  /** Whether it leaves nothing in the session that must be known before it is sent once more. */
  public boolean isRepeatable() {
    return !any(effects, effect -> effect.lasts() && !(effect instanceof SessionEffect.RunsCode));
  }

  /** By index, as every request asks. */
  private static boolean any(List<SessionEffect> effects, Predicate<SessionEffect> what) {
    for (int i = 0; i < effects.size(); i++) {
      if (what.test(effects.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the server may wait for data of the client's when it runs this: COPY FROM STDIN. */
  public boolean mayCopyIn() {
    if (statements > 1) {
      return kind() == Kind.WRITE || kind() == Kind.UNKNOWN;
    }
    return switch (reason) {
      // EXECUTE in SQL runs also what the protocol prepared.
      case COPY_FROM, TEMPORARY_TABLE, EXECUTE -> true;
      case UNKNOWN_STATEMENT, UNTERMINATED, TOO_DEEP, TOO_LONG -> true;
      default -> false;
    };
  }

  /** Whether a transaction may be open behind it that was not before. */
  public boolean mayBeginTransaction() {
    return switch (kind()) {
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL, UNKNOWN -> true;
      case WRITE -> reason == Reason.MULTI_STATEMENT_WITH_TRANSACTION;
      case READ, SESSION, EMPTY -> false;
    };
  }

  /**
   * What is known once a replica has refused to run this text. Of one that no hint would have led
   * there it says nothing new: the session was one that only replicas serve.
   */
  public Facts refusedByReplica() {
    if (mayCopyIn() || !target(Hint.REPLICA).isRead()) {
      // What may copy goes to the primary as it is, and more must be known of it.
      return this;
    }
    return new Facts(Reason.REFUSED_BY_REPLICA, culprit, statements, hint, effects);
  }

  /** What the whole string may do. */
  public Kind kind() {
    return reason.kind();
  }

  /**
   * The sort of node for this text outside a transaction, with its hint. {@link Hint#PRIMARY}
   * always counts. {@link Hint#REPLICA} counts for what might succeed on a replica: calls of
   * functions that are only presumed to write, and BEGIN without a mode. It does not count for a
   * certain write: the one thing it could do there is to make the statement fail, and such comments
   * are often put on everything by a library. What any node can do is for {@link Target#ANY}.
   */
  public Target target() {
    return target(Hint.NONE);
  }

  /**
   * As {@link #target()}, where something else than a comment asked for a sort of node.
   *
   * @param otherwise what counts for a query string whose comments ask for nothing
   */
  public Target target(Hint otherwise) {
    Hint asked = asked(otherwise);
    if (asked == Hint.PRIMARY) {
      return Target.PRIMARY;
    }
    return switch (kind()) {
      case READ, BEGIN_READ_ONLY -> Target.REPLICA;
      case SESSION, EMPTY -> asked == Hint.REPLICA ? Target.REPLICA : Target.ANY;
      case WRITE, UNKNOWN, BEGIN, TRANSACTION_CONTROL ->
          asked == Hint.REPLICA && reason.doubtful() ? Target.REPLICA : Target.PRIMARY;
    };
  }

  private Hint asked(Hint otherwise) {
    return hint == Hint.NONE ? otherwise : hint;
  }

  /**
   * Whether a sort of node is asked for.
   *
   * @param otherwise what counts where the text's comments ask for nothing
   */
  public boolean asksFor(Hint what, Hint otherwise) {
    return asked(otherwise) == what;
  }

  /** One sentence for people: the reason and its culprit. */
  public String explanation() {
    return culprit == null ? reason.text() : reason.text() + ": " + culprit;
  }
}
