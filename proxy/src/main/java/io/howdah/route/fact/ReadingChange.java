package io.howdah.route.fact;

import java.util.Set;

/**
 * How much a statement may change of how the texts behind it are read. PostgreSQL splits a query
 * string by the settings from before it, so within one string only the path counts.
 *
 * @see <a href="https://www.postgresql.org/docs/18/runtime-config-compatible.html">PostgreSQL,
 *     section 19.13</a>
 */
public enum ReadingChange {
  NONE,
  /** Which functions an unqualified name stands for. */
  PATH,
  /** Where a string ends, or which character a byte is: everything. */
  QUOTES;

  private static final Set<String> PATHS = Set.of("search_path", "role", "session_authorization");
  private static final Set<String> QUOTING =
      Set.of("standard_conforming_strings", "backslash_quote", "client_encoding");

  /** This and another one. */
  public ReadingChange and(ReadingChange other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** Of a text with these facts, but for what an EXECUTE in it runs. */
  public static ReadingChange of(Facts facts) {
    ReadingChange most = facts.kind() == Kind.UNKNOWN || facts.runsCode() ? QUOTES : NONE;
    for (int i = 0; i < facts.effects().size() && most != QUOTES; i++) {
      SessionEffect effect = facts.effects().get(i);
      // It may be run within the same string.
      boolean runsPrepared =
          effect instanceof SessionEffect.PrepareStatement && facts.statements() > 1;
      most =
          most.and(
              runsPrepared
                  ? of(((SessionEffect.PrepareStatement) effect).statement())
                  : of(effect));
    }
    return most;
  }

  /** Of one effect. */
  static ReadingChange of(SessionEffect effect) {
    return switch (effect) {
      case SessionEffect.SetParameter set -> of(set.name());
      case SessionEffect.SetParameterText set -> of(set.name());
      case SessionEffect.LocalSetting set -> of(set.name());
      case SessionEffect.ResetParameter reset -> of(reset.name());
      case SessionEffect.UnknownSetting set -> of(set.name());
      case SessionEffect.SetRole _, SessionEffect.SetSessionAuthorization _ -> PATH;
      case SessionEffect.Discard _ -> effect.discardsAll() ? QUOTES : NONE;
      case SessionEffect.ResetAll _,
          SessionEffect.CatalogSettings _,
          SessionEffect.AnyStatement _,
          SessionEffect.OtherState _,
          SessionEffect.Load _,
          SessionEffect.RunsCode _,
          SessionEffect.Unseen _ ->
          QUOTES;
      default -> NONE;
    };
  }

  /** Of a parameter; null for one that can't be told. */
  private static ReadingChange of(String parameter) {
    return parameter == null || QUOTING.contains(parameter)
        ? QUOTES
        : PATHS.contains(parameter) ? PATH : NONE;
  }
}
