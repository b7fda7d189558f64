package io.howdah.frontend.parameter;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.error.PgError;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect.OwnSetting;
import io.howdah.route.fact.SessionEffect.OwnVerb;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.BackendType;
import io.howdah.wire.CString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.function.Consumer;

/**
 * What the client hears of statements about Howdah's own settings. No server sees them, but each
 * reply has its turn in a server connection's ledger, among the server's: so it comes in order, and
 * an error before it voids it.
 *
 * <p>Thread: the session's event loop.
 */
public final class HowdahReplies {
  private static final int TEXT_OID = 25;

  private final SessionState state;
  private final HowdahSettings settings;
  private final Client session;

  public HowdahReplies(SessionState state, HowdahSettings settings) {
    this.state = state;
    this.settings = settings;
    this.session = state.session;
  }

  /** Says something in its turn; it is said only if that comes. */
  private final class Said implements ReplyLedger.Note {
    private final Consumer<ByteBuf> words;

    Said(Consumer<ByteBuf> words) {
      this.words = words;
    }

    @Override
    public void done() {
      if (session.turn().isAttached()) {
        ByteBuf out = session.buffer();
        words.accept(out);
        session.turn().say(out);
      }
    }
  }

  /**
   * Why a statement may not run, or null: it misuses a setting of Howdah's own, or {@link
   * SessionState#refusal} says so.
   *
   * @param status of the transaction before it
   */
  public PgError refusal(Facts facts, byte status) {
    PgError misuse = facts.effects().isEmpty() ? null : settings.refusal(facts, status);
    return misuse == null ? state.refusal(facts, status) : misuse;
  }

  private static OwnSetting own(Facts facts) {
    return (OwnSetting) facts.effects().getFirst();
  }

  /**
   * What a statement has to wait for before it can be answered: the session is resumed when it is
   * worth a look; null when it can be now.
   */
  public Wait waitFor(Facts facts) {
    return settings.waitFor(own(facts), session::resume);
  }

  /** Why a statement that had to wait can't be answered, or null. */
  public PgError failure(Facts facts) {
    return settings.failure(own(facts));
  }

  /** Answers a simple query, but for its ReadyForQuery. */
  public void query(ServerConnection server, Facts facts) {
    say(
        server,
        Entry.EXECUTE,
        out -> {
          OwnSetting own = own(facts);
          if (own.verb() == OwnVerb.SET_LOCAL && server.ledger().status() == 'I') {
            BackendMessages.warning(
                out,
                "25P01",
                "SET LOCAL can only be used in transaction blocks",
                own.name() + " is a setting of Howdah's own.",
                "Say SET, or begin a transaction.");
            completion(out, own, null);
            return;
          }
          String value = settings.run(own);
          if (value != null) {
            rowDescription(out, own.name());
          }
          completion(out, own, value);
        });
  }

  /** Answers an Execute. */
  public void execute(ServerConnection server, Facts facts) {
    say(server, Entry.EXECUTE, out -> completion(out, own(facts), settings.run(own(facts))));
  }

  /** Answers a Describe. */
  public void describe(ServerConnection server, Facts facts, boolean statement) {
    say(
        server,
        statement ? Entry.DESCRIBE_STATEMENT : Entry.DESCRIBE_PORTAL,
        out -> {
          if (statement) {
            int message = BackendMessages.begin(out, BackendType.PARAMETER_DESCRIPTION);
            out.writeShort(0);
            BackendMessages.end(out, message);
          }
          if (own(facts).verb() == OwnVerb.SHOW) {
            rowDescription(out, own(facts).name());
          } else {
            BackendMessages.bodyless(out, BackendType.NO_DATA);
          }
        });
  }

  private void say(ServerConnection server, Entry entry, Consumer<ByteBuf> words) {
    server.messages().makeUp(entry, new Said(words));
  }

  private static void completion(ByteBuf out, OwnSetting own, String value) {
    if (value != null) {
      dataRow(out, value);
    }
    BackendMessages.commandComplete(
        out, own.verb() == OwnVerb.SET_LOCAL ? "SET" : own.verb().name());
  }

  /** One column of type text, as PostgreSQL's SHOW has it. */
  private static void rowDescription(ByteBuf out, String name) {
    int message = BackendMessages.begin(out, BackendType.ROW_DESCRIPTION);
    out.writeShort(1);
    CString.write(out, name);
    out.writeInt(0).writeShort(0);
    out.writeInt(TEXT_OID).writeShort(-1);
    out.writeInt(-1).writeShort(0);
    BackendMessages.end(out, message);
  }

  private static void dataRow(ByteBuf out, String value) {
    int message = BackendMessages.begin(out, BackendType.DATA_ROW);
    out.writeShort(1).writeInt(ByteBufUtil.utf8Bytes(value));
    ByteBufUtil.writeUtf8(out, value);
    BackendMessages.end(out, message);
  }
}
