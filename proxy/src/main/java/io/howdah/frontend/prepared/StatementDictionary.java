package io.howdah.frontend.prepared;

import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import io.howdah.route.StatementCache;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one {@link Statement} for a query string and its parameter types, of one event loop: those
 * that clients hold under names for as long as they do, and some of those used lately. What nobody
 * uses any more is forgotten.
 *
 * <p>Thread: one event loop; the total is shared by all.
 */
public final class StatementDictionary implements PreparedNames.Uses {
  /** A query string with its hash, which nobody can prepare collisions for. */
  private record Text(byte[] body, int variant, int hash) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Text other && variant == other.variant && Arrays.equals(body, other.body);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final StatementCache<Statement> lately;
  private final Map<Text, Statement> inUse = new HashMap<>();
  private final AtomicLong total;
  private final long seed;

  /**
   * @param entries how many of those used lately are kept, whether in use or not
   * @param total the bytes that clients' names hold, over all event loops
   * @param seed makes hashes differ between processes
   */
  StatementDictionary(int entries, AtomicLong total, long seed) {
    long bytes = Math.max(1L, entries) * 1024;
    this.lately = new StatementCache<>(entries, bytes, seed);
    this.total = total;
    this.seed = seed;
  }

  private Text text(byte[] body, int variant) {
    int salt = Long.hashCode(seed);
    int h = salt ^ variant;
    for (byte b : body) {
      h = Integer.rotateLeft((h ^ b) * 0x9E3779B1, 13) + salt;
    }
    return new Text(body, variant, h);
  }

  @Override
  public long seed() {
    return seed;
  }

  /** The statement of a Parse's body, or null when it must be made. */
  Statement find(byte[] body, int length, int variant) {
    Statement known = lately.get(body, 0, length, variant);
    if (known == null && !inUse.isEmpty()) {
      known = inUse.get(text(Arrays.copyOf(body, length), variant));
      if (known != null) {
        lately.put(body, 0, length, variant, known);
      }
    }
    return known;
  }

  /** Takes in a statement that was just made. */
  void add(Statement statement, int variant) {
    byte[] body = statement.parseBody();
    lately.put(body, 0, body.length, variant, statement);
    statement.variant(variant);
  }

  /** More is known of a query string than before: whoever prepares it next shall profit. */
  void learnt(Statement statement) {
    byte[] body = statement.parseBody();
    Statement known = find(body, body.length, statement.variant());
    if (known == null) {
      lately.learn(body, 0, body.length, statement.variant(), statement);
    } else {
      known.facts(statement.facts());
    }
  }

  /** Whoever prepares the text of this statement from now on gets another one: this. */
  Statement renew(Statement statement) {
    byte[] body = statement.parseBody();
    int variant = statement.variant();
    Statement known = find(body, body.length, variant);
    if (known != null && known != statement) {
      return known;
    }
    inUse.remove(text(body, variant), statement);
    Statement fresh = statement.renewed();
    fresh.variant(variant);
    lately.learn(body, 0, body.length, variant, fresh);
    return fresh;
  }

  @Override
  public void begun(Binding binding) {
    if (binding instanceof Statement statement) {
      if (!statement.use()) {
        return;
      }
      inUse.putIfAbsent(text(statement.parseBody(), statement.variant()), statement);
    }
    total.addAndGet(binding.bytes());
  }

  @Override
  public void ended(Binding binding) {
    if (binding instanceof Statement statement) {
      if (!statement.disuse()) {
        return;
      }
      inUse.remove(text(statement.parseBody(), statement.variant()), statement);
    }
    total.addAndGet(-binding.bytes());
  }

  /** The bytes that clients' names hold, over all event loops. Thread: any. */
  public long totalBytes() {
    return total.get();
  }

  /** How many statements have a name of some client's. */
  int used() {
    return inUse.size();
  }
}
