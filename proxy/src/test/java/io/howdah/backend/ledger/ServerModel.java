package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Fate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A server as simple as can be: reads one message after the other and answers each as its plan
 * says, by the rules of the protocol. Independent of {@link ReplyLedger}, to be held against it.
 * Letters are those of {@link LedgerScript}; in a plan, {@code k} reads the end of a copy.
 */
final class ServerModel {
  /** One message that was sent, and what the server will answer to it. */
  private static final class Message {
    final char kind;
    final Fate fate;
    final String plan;
    char outcome = '.';
    int overlooked;
    int at;

    Message(char kind, Fate fate, String plan) {
      this.kind = kind;
      this.fate = fate;
      this.plan = plan;
    }

    boolean voidedByErrors() {
      return kind != 'S';
    }
  }

  final StringBuilder client = new StringBuilder();
  private final List<Message> all = new ArrayList<>();
  private final Deque<Message> unread = new ArrayDeque<>();
  private Message current;
  private boolean skipping;

  /**
   * A copy failed, and Syncs were sent right behind it: who can tell whether they were overlooked?
   */
  boolean doubt;

  void send(char kind, Fate fate, String plan) {
    Message message = new Message(kind, fate, plan);
    unread.add(message);
    if (kind != 'c') {
      all.add(message);
    }
    readWhatNeedsNoAnswer();
  }

  /** The kind of the message that is answered next, or 0 when none is. */
  char front() {
    Message next = current != null ? current : unread.peek();
    return next == null ? 0 : next.kind;
  }

  private boolean frontIsSwallowed() {
    Message next = current != null ? current : unread.peek();
    return next != null && next.fate == Fate.SWALLOW;
  }

  /** Whether nothing more is said before the client ends its copy. */
  boolean awaitsCopyEnd() {
    return current != null && current.plan.charAt(current.at) == 'k' && unread.isEmpty();
  }

  /** Notices and the like. */
  void sayAside(char letter) {
    if (letter == 'A' || !frontIsSwallowed()) {
      client.append(letter);
    }
  }

  /** Says the next thing; 0 when there is nothing to say. */
  char say() {
    if (current == null) {
      current = unread.poll();
      if (current == null) {
        return 0;
      }
      skipping = false;
    }
    if (current.plan.charAt(current.at) == 'k') {
      if (unread.isEmpty()) {
        return 0;
      }
      unread.remove();
      current.at++;
    }
    char letter = current.plan.charAt(current.at++);
    Message message = current;
    boolean ends = current.at == current.plan.length();
    switch (letter) {
      case 'E' -> error(message);
      case 'G' -> overlookSyncs();
      default -> {
        if (message.fate != Fate.SWALLOW) {
          client.append(letter);
        }
      }
    }
    if (ends) {
      if (message.outcome == '.') {
        message.outcome = '+';
      }
      current = null;
    }
    readWhatNeedsNoAnswer();
    return letter;
  }

  private void error(Message message) {
    doubt |= message.overlooked > 0;
    message.outcome = '-';
    boolean extended = "QFS".indexOf(message.kind) < 0;
    if (message.fate == Fate.REFUSED) {
      client.append('!');
    } else if (message.fate != Fate.SWALLOW || extended) {
      client.append('E');
    }
    skipping = extended;
  }

  private void overlookSyncs() {
    client.append('G');
    while (!unread.isEmpty() && unread.peek().kind == 'S') {
      unread.remove().outcome = '-';
      current.overlooked++;
    }
  }

  private void readWhatNeedsNoAnswer() {
    while (current == null && !unread.isEmpty()) {
      Message next = unread.peek();
      if (skipping && next.voidedByErrors()) {
        next.outcome = '-';
      } else if (next.fate == Fate.MADE_UP) {
        next.outcome = '+';
        client.append(
            switch (next.kind) {
              case 'P' -> '1';
              case 'B' -> '2';
              case 'C' -> '3';
              default -> '*';
            });
      } else if (next.kind != 'c') {
        return;
      }
      unread.remove();
    }
  }

  String outcomes() {
    StringBuilder outcomes = new StringBuilder();
    all.forEach(m -> outcomes.append(m.outcome));
    return outcomes.toString();
  }
}
