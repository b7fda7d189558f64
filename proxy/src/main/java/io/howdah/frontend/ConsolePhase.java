package io.howdah.frontend;

import io.howdah.admin.Access;
import io.howdah.admin.Column;
import io.howdah.admin.Reply;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.BackendType;
import io.howdah.wire.CString;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A session on the admin console: simple queries, one at a time. The extended protocol works as far
 * as drivers need it for a command without parameters.
 */
public final class ConsolePhase implements Phase {
  private static final int MAX_COMMAND_BYTES = 64 << 10;
  private static final short TEXT_FORMAT = 0;

  private final ClientSession session;
  private final Access access;
  private boolean busy;

  /** What the extended protocol prepared last. */
  private String prepared;

  /** After an error all is overlooked up to Sync. */
  private boolean skipping;

  /** RowDescription was sent for the statement at hand. */
  private boolean described;

  private boolean draining;

  public ConsolePhase(ClientSession session, Access access) {
    this.session = session;
    this.access = access;
  }

  @Override
  public String state() {
    return "active";
  }

  /** Says what a server says at the end of a login. */
  void begin() {
    session.waitsBeside(null);
    ByteBuf out = session.channel().alloc().buffer(512);
    BackendMessages.parameterStatus(out, "server_version", "18.0 (Howdah console)");
    BackendMessages.parameterStatus(out, "client_encoding", "UTF8");
    BackendMessages.parameterStatus(out, "server_encoding", "UTF8");
    BackendMessages.parameterStatus(out, "DateStyle", "ISO, MDY");
    BackendMessages.parameterStatus(out, "TimeZone", "UTC");
    BackendMessages.parameterStatus(out, "integer_datetimes", "on");
    BackendMessages.parameterStatus(out, "standard_conforming_strings", "on");
    BackendMessages.parameterStatus(out, "is_superuser", "off");
    Cancellations.Key key = session.registration.cancelKey(session, 0);
    BackendMessages.backendKeyData(out, key.processId(), key.secret());
    session.send(BackendMessages.readyForQuery(out, (byte) 'I'));
    session.flush();
  }

  @Override
  public int needs(byte type, int bodyLength) {
    if (bodyLength > MAX_COMMAND_BYTES) {
      throw new ProtocolException("a console command is too long");
    }
    return bodyLength;
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (busy) {
      return session.stop(Wait.Command.RUNNING);
    }
    int body = start + Protocol.HEADER_BYTES;
    if (skipping && type != FrontendType.SYNC) {
      return Verdict.DROP;
    }
    switch (type) {
      case FrontendType.QUERY -> run(text(in, body, body + bodyLength), true);
      case FrontendType.PARSE -> parse(in, body, body + bodyLength);
      case FrontendType.BIND -> say(BackendType.BIND_COMPLETE);
      case FrontendType.DESCRIBE -> describe(in.getByte(body) == 'S');
      case FrontendType.EXECUTE -> run(prepared == null ? "" : prepared, false);
      case FrontendType.CLOSE -> say(BackendType.CLOSE_COMPLETE);
      case FrontendType.SYNC -> {
        skipping = false;
        ServerlessMessages.ready(session, 'I');
      }
      case FrontendType.FLUSH -> session.flush();
      // Of a COPY that has failed: overlooked, as by PostgreSQL.
      case FrontendType.COPY_DATA, FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> {}
      default ->
          fail(
              new PgError.NotSupported(
                  Severity.ERROR,
                  "the admin console takes queries only",
                  "SHOW HELP lists all commands."));
    }
    return Verdict.DROP;
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return busy;
  }

  private void parse(ByteBuf in, int from, int to) {
    prepared = text(in, CString.end(in, from, to) + 1, to);
    described = false;
    say(BackendType.PARSE_COMPLETE);
  }

  private static String text(ByteBuf in, int from, int to) {
    return in.toString(from, CString.end(in, from, to) - from, StandardCharsets.UTF_8);
  }

  private void say(byte type) {
    session.send(BackendMessages.bodyless(session.buffer(), type));
  }

  /**
   * The shape of a reply is known only from the reply: the command runs for Describe, if it is a
   * SHOW or SELECT.
   */
  private void describe(boolean statement) {
    if (statement) {
      ByteBuf out = session.buffer();
      int message = BackendMessages.begin(out, BackendType.PARAMETER_DESCRIPTION);
      out.writeShort(0);
      session.send(BackendMessages.end(out, message));
    }
    String command = prepared == null ? "" : prepared.strip().toUpperCase(Locale.ROOT);
    if (!command.startsWith("SHOW") && !command.startsWith("SELECT")) {
      say(BackendType.NO_DATA);
      return;
    }
    ask(
        prepared,
        reply -> {
          if (reply instanceof Reply.Table table) {
            rowDescription(table.columns());
            described = true;
          } else {
            answer(reply, false);
          }
        });
  }

  private void run(String sql, boolean simple) {
    ask(
        sql,
        reply -> {
          answer(reply, simple);
          if (simple) {
            ServerlessMessages.ready(session, 'I');
          }
        });
  }

  private void ask(String sql, Consumer<Reply> then) {
    busy = true;
    session.waitsBeside(Wait.Command.RUNNING);
    session
        .worker
        .desk()
        .console()
        .execute(sql, access)
        .whenComplete(
            (reply, failure) ->
                session.channel().eventLoop().execute(() -> answered(reply, failure, then)));
  }

  private void answered(Reply reply, Throwable failure, Consumer<Reply> then) {
    busy = false;
    if (session.phase() != this) {
      return;
    }
    session.waitsBeside(null);
    if (failure != null) {
      session.worker.telemetry().fault("admin console", failure);
      then.accept(new Reply.Failed(new PgError.InternalError("the command failed: " + failure)));
    } else {
      then.accept(reply);
    }
    session.flush();
    if (draining) {
      session.terminate(new PgError.ShuttingDown());
    } else {
      session.resume();
    }
  }

  private void answer(Reply reply, boolean simple) {
    switch (reply) {
      case Reply.Table table -> {
        if (simple || !described) {
          rowDescription(table.columns());
        }
        table.rows().forEach(this::dataRow);
        session.send(BackendMessages.commandComplete(session.buffer(), table.tag()));
      }
      case Reply.Done done ->
          session.send(BackendMessages.commandComplete(session.buffer(), done.tag()));
      case Reply.Empty _ -> say(BackendType.EMPTY_QUERY_RESPONSE);
      case Reply.Failed failed -> {
        session.sendError(failed.error());
        skipping = !simple;
      }
    }
  }

  private void fail(PgError error) {
    session.sendError(error);
    ServerlessMessages.ready(session, 'I');
  }

  private void rowDescription(List<Column> columns) {
    ByteBuf out = session.buffer();
    int message = BackendMessages.begin(out, BackendType.ROW_DESCRIPTION);
    out.writeShort(columns.size());
    for (Column column : columns) {
      CString.write(out, column.name());
      out.writeInt(0).writeShort(0);
      out.writeInt(column.type().oid()).writeShort(column.type().size());
      out.writeInt(-1).writeShort(TEXT_FORMAT);
    }
    session.send(BackendMessages.end(out, message));
  }

  private void dataRow(List<String> values) {
    ByteBuf out = session.buffer();
    int message = BackendMessages.begin(out, BackendType.DATA_ROW);
    out.writeShort(values.size());
    for (String value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        out.writeInt(ByteBufUtil.utf8Bytes(value));
        ByteBufUtil.writeUtf8(out, value);
      }
    }
    session.send(BackendMessages.end(out, message));
  }

  @Override
  public void drain() {
    draining = true;
    if (!busy) {
      session.terminate(new PgError.ShuttingDown());
    }
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
