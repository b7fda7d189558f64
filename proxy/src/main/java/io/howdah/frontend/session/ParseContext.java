package io.howdah.frontend.session;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.frontend.prepared.ParseVariants;
import io.howdah.frontend.prepared.Reading;
import io.howdah.frontend.settings.SettingText;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.ParseSettings;
import io.howdah.route.fact.PinKind;
import io.howdah.route.fact.ReadingChange;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What PostgreSQL's analysis of the session's next Parse depends on, so that two sessions share a
 * prepared statement only where both would have got the same: settings such as search_path, and the
 * state of the database's schema. Where that can't be told, as behind the session's own DDL in an
 * open transaction, and beside temporary objects, which only the session sees, nothing is shared.
 *
 * <p>Settings count as soon as the statement that makes them is sent: if it fails, nothing behind
 * it is analysed before the transaction is rolled back.
 *
 * <p>Thread: the session's event loop.
 */
public final class ParseContext {
  private final SessionState state;
  private final ParseVariants variants;

  /** Null of all these when {@link #variant} must be worked out anew. */
  private Reading reading;

  private int schemaEpoch;
  private boolean besideTemporaries;
  private int variant;

  /** A statement was sent that may change what names mean, and may not be answered. */
  private boolean maybeChanged;

  /** What the open transaction did can't be told. */
  private boolean alone;

  /** What the open transaction set; null for the server's own value. */
  private Map<String, String> set = Map.of();

  /** The open transaction may change the schema for others too. */
  private boolean changesSchema;

  /** Functions or triggers among it. */
  private boolean changesRoutines;

  /** Statements sent that make temporary objects: their command tags are those of others. */
  private int temporaries;

  ParseContext(SessionState state, ParseVariants variants) {
    this.state = state;
    this.variants = variants;
  }

  /** The number of the context; differs wherever a query string may mean something else. */
  public int variant() {
    Reading now = state.reading();
    int epoch = state.pools.schema().epoch();
    boolean beside = state.pinning.has(PinKind.TEMPORARY_OBJECT);
    if (now != reading || epoch != schemaEpoch || beside != besideTemporaries) {
      reading = now;
      schemaEpoch = epoch;
      besideTemporaries = beside;
      variant = isUnshared() ? variants.unshared() : variants.of(context());
    }
    return variant;
  }

  private boolean isUnshared() {
    return besideTemporaries
        || maybeChanged
        || alone
        || state.barrier.doubt() == ReadingChange.QUOTES;
  }

  private ParseVariants.Context context() {
    Map<String, String> settings = new TreeMap<>();
    state
        .settings()
        .values()
        .forEach(
            (name, value) -> {
              if (ParseSettings.matter(name)) {
                settings.put(name, value);
              }
            });
    set.forEach(
        (name, value) -> {
          if (value == null) {
            settings.remove(name);
          } else {
            settings.put(name, value);
          }
        });
    return new ParseVariants.Context(
        state.pools.database(),
        state.pools.user(),
        reading.variant(),
        state.encoding(),
        state.reportedPath(),
        settings,
        schemaEpoch);
  }

  private void outdated() {
    reading = null;
  }

  private void alone() {
    alone = true;
    outdated();
  }

  /** A statement is being sent. */
  public void sent(Facts facts) {
    Reason reason = facts.reason();
    if (reason.mayChangeNames()) {
      maybeChanged = true;
      changesSchema |= reason.changesCatalog();
      temporaries += reason == Reason.TEMPORARY_TABLE ? 1 : 0;
      outdated();
    }
    for (int i = 0; i < facts.effects().size(); i++) {
      sent(facts.effects().get(i));
    }
  }

  private void sent(SessionEffect effect) {
    switch (effect) {
      case SessionEffect.SetParameter p when p.value() == null -> reset(p.name());
      case SessionEffect.SetParameter p -> set(p.name(), SettingText.flatten(p.name(), p.value()));
      case SessionEffect.SetParameterText p -> set(p.name(), p.text());
      case SessionEffect.LocalSetting p when p.name() == null -> alone();
      case SessionEffect.LocalSetting p when p.text() == null && ParseSettings.matter(p.name()) ->
          alone();
      case SessionEffect.LocalSetting p -> set(p.name(), p.text());
      case SessionEffect.ResetParameter p -> reset(p.name());
      case SessionEffect.SetRole r when r.role() == null -> reset(SessionSettings.ROLE);
      case SessionEffect.SetRole r -> set(SessionSettings.ROLE, r.role());
      case SessionEffect.SetSessionAuthorization _,
          SessionEffect.ResetAll _,
          SessionEffect.Discard _,
          SessionEffect.RollbackToSavepoint _,
          SessionEffect.TemporaryObject _,
          SessionEffect.CatalogSettings _,
          SessionEffect.Unseen _ ->
          alone();
      case SessionEffect.UnknownSetting u -> {
        if (u.name() == null || ParseSettings.matter(u.name())) {
          alone();
        }
      }
      default -> {}
    }
  }

  private void reset(String name) {
    set(name, state.startup.values().get(name));
  }

  private void set(String name, String value) {
    if (ParseSettings.matter(name)) {
      set = new HashMap<>(set);
      set.put(name, value);
      outdated();
    }
  }

  /** The server completed a command. */
  public void completed(CommandTag tag) {
    switch (tag) {
      case SCHEMA -> {
        if (temporaries > 0) {
          temporaries--;
        } else {
          changesSchema = true;
        }
        alone();
      }
      case ROUTINE -> {
        changesSchema = true;
        changesRoutines = true;
        alone();
      }
      case CODE -> {
        changesSchema = true;
        alone();
      }
      case COMMIT, ROLLBACK -> {
        // Of a chain, perhaps, or to a savepoint.
        if (holdsAnything()) {
          alone();
        }
      }
      default -> {}
    }
  }

  private boolean holdsAnything() {
    return alone || maybeChanged || !set.isEmpty();
  }

  /** The client was told an error: whatever made temporary objects may have failed. */
  public void failed() {
    temporaries = 0;
  }

  /**
   * A request ended; called before the client hears so.
   *
   * @param more whether more has been sent behind it
   */
  public void ready(byte status, boolean more) {
    if (status == 'I' && changesSchema) {
      state.pools.schema().changed(changesRoutines);
      changesSchema = more;
      changesRoutines &= more;
    }
    if (!holdsAnything()) {
      return;
    }
    if (more) {
      if (status == 'I') {
        // Which of what was sent is over, and which is to come, can't be told.
        alone();
      }
      return;
    }
    if (maybeChanged || status == 'I') {
      outdated();
    }
    maybeChanged = false;
    temporaries = 0;
    if (status == 'I') {
      alone = false;
      set = Map.of();
    }
  }

  /** The connection is lost, and perhaps what it was asked for was done. */
  public void lost() {
    if (changesSchema || maybeChanged) {
      state.pools.schema().changed(true);
    }
    changesSchema = false;
    changesRoutines = false;
    maybeChanged = false;
    alone = false;
    temporaries = 0;
    set = Map.of();
    outdated();
  }
}
