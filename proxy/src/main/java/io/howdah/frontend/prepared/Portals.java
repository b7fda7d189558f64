package io.howdah.frontend.prepared;

import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import io.howdah.route.fact.Facts;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What the portals run that a session has on its server connection.
 *
 * <p>Thread: the session's event loop.
 */
public final class Portals {
  /** One of them; it may be one that Howdah knows nothing of. */
  public static final class Portal {
    /** Null when it is not known. */
    private Binding binding;

    private boolean ofNamed;

    /** What it runs with the values that were bound; null where they tell no more. */
    private Facts bound;

    private void bind(Binding to, boolean named) {
      bound = null;
      binding = to;
      ofNamed = named;
    }

    /** More is known of what it runs by the values that were bound. */
    public void known(Facts facts) {
      bound = facts;
    }

    /** What is known of what it runs. */
    public Facts facts() {
      return bound != null ? bound : binding == null ? StatementFinder.UNSEEN : binding.facts();
    }

    /** The statement of the extended protocol that it runs, or null. */
    public Statement statement() {
      return binding instanceof Statement statement ? statement : null;
    }

    /** Who learns from a description of it: one with a name is compared before it is bound. */
    public Statement learner() {
      Statement statement = statement();
      return statement == null || ofNamed && statement.knowsRows() ? null : statement;
    }

    /** Whether that statement has a name. */
    public boolean isOfNamed() {
      return ofNamed;
    }
  }

  private static final Portal UNKNOWN = new Portal();

  private final Portal unnamed = new Portal();
  private Map<String, Portal> named = Map.of();
  private Portal last = UNKNOWN;

  /** The session got a server connection: there are none. */
  public void begin() {
    unnamed.bind(null, false);
    last = UNKNOWN;
    transactionEnded();
  }

  /** No transaction is open: those with a name are gone. */
  public void transactionEnded() {
    if (!named.isEmpty()) {
      named = Map.of();
    }
  }

  /**
   * A Bind is being sent of the portal whose name is from {@code from} to {@code to}.
   *
   * @param binding what it binds, null when that is not known
   * @param ofNamed whether that has a name
   */
  public void bound(ByteBuf in, int from, int to, Binding binding, boolean ofNamed) {
    last = unnamed;
    if (to > from) {
      if (named.isEmpty()) {
        named = new HashMap<>();
      }
      last = new Portal();
      named.put(name(in, from, to), last);
    }
    last.bind(binding, ofNamed);
  }

  /** The one that was bound last. */
  public Portal last() {
    return last;
  }

  /** The portal whose name is from {@code from} to {@code to}. */
  public Portal get(ByteBuf in, int from, int to) {
    return to == from ? unnamed : named.getOrDefault(name(in, from, to), UNKNOWN);
  }

  private static String name(ByteBuf in, int from, int to) {
    return in.toString(from, to - from, StandardCharsets.UTF_8);
  }
}
