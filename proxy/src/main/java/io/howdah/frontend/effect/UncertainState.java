package io.howdah.frontend.effect;

import io.howdah.config.PoolMode;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can't be told of a server session from the statements that its client ran there: values of
 * settings, and all that code may have left. Only the server knows ({@link StateCheck}). In session
 * mode nobody needs to know: nobody else gets the connection before it is reset.
 *
 * <p>Thread: the session's event loop.
 */
public final class UncertainState {
  private final boolean matter;

  /** A setting that the open transaction will have left can't be told. */
  private boolean uncertain;

  /** Nor can it be told which one. */
  private boolean blind;

  /** The settings can't be told, and no transaction is open. */
  private boolean unknown;

  /** Parameters that were set to a value that can't be told. */
  private Set<String> unknownNames = Set.of();

  /** The open transaction ran code that may have left anything in the session. */
  private boolean codeRan;

  /** Such code ran, and no transaction is open. */
  private boolean hidden;

  UncertainState(PoolMode mode) {
    this.matter = mode != PoolMode.SESSION;
  }

  /** The session got a connection that has its settings: there are none. */
  void begin() {
    uncertain = false;
    blind = false;
    codeRan = false;
    hidden = false;
    settingsKnown();
  }

  /** Whether they need be settled. */
  boolean matter() {
    return matter;
  }

  /** A DO or CALL is being sent or was done: even if it fails it may have left something. */
  public void codeRan() {
    codeRan = true;
  }

  /** A parameter is being set to a value that can't be told. */
  void setTo(String name) {
    uncertain = true;
    unknownNames = unknownNames.isEmpty() ? new TreeSet<>() : unknownNames;
    unknownNames.add(name);
  }

  /** It can't even be told what is being set. */
  void blind() {
    uncertain = true;
    blind = true;
  }

  /** Whether it can't be told which settings the open transaction has changed. */
  boolean isBlind() {
    return blind;
  }

  /** The open transaction has thrown away all settings. */
  void discarded() {
    uncertain = false;
    blind = false;
  }

  /** The transaction ended. */
  void transactionEnded() {
    unknown |= uncertain && matter;
    hidden |= codeRan && matter;
    codeRan = false;
    uncertain = false;
    blind = false;
  }

  /** Whether the server must be asked for the settings. */
  boolean areSettingsUnknown() {
    return unknown;
  }

  /** Parameters that were set to a value that can't be told. */
  Set<String> unknownNames() {
    return unknownNames;
  }

  /** The server told the settings, or need not. */
  void settingsKnown() {
    unknown = false;
    unknownNames = Set.of();
  }

  /** Whether the server must be asked for all that the session holds there. */
  boolean isHidden() {
    return hidden;
  }

  /** The server told all that the session holds there. */
  void nothingHidden() {
    hidden = false;
  }

  /** Whether there are any, of the open transaction too. */
  public boolean areAny() {
    return unknown || uncertain || hidden || codeRan;
  }
}
