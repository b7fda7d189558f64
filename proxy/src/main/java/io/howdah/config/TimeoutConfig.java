package io.howdah.config;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How long things may take; zero switches a limit off where the text says so.
 *
 * @param clientLogin from accept to the end of authentication [client_login_timeout]; 0 for no
 *     limit
 * @param clientIdle a client without a transaction that sends nothing [client_idle_timeout]; 0 for
 *     no limit
 * @param idleInTransaction a client that sends nothing within a transaction
 *     [idle_transaction_timeout]; 0 for no limit
 * @param queryWait a request that waits for a server connection [query_wait_timeout]; 0 for no
 *     limit
 * @param query one request, from send to ReadyForQuery [query_timeout]; 0 for no limit
 * @param transaction one transaction [transaction_timeout]; 0 for no limit
 * @param serverConnect the TCP connection to a server [server_connect_timeout]
 * @param serverLogin the login at a server, once connected
 * @param serverOwnWork one request of Howdah's own on a server connection of a pool, such as to
 *     bring settings or to reset it
 * @param unheard what a client asked for before it said goodbye, from then on; 0 for no limit
 * @param drain how long a shutdown waits for transactions to end
 */
public record TimeoutConfig(
    Duration clientLogin,
    Duration clientIdle,
    Duration idleInTransaction,
    Duration queryWait,
    Duration query,
    Duration transaction,
    Duration serverConnect,
    Duration serverLogin,
    Duration serverOwnWork,
    Duration unheard,
    Duration drain) {

  /** The defaults of the reference configuration. */
  public static final TimeoutConfig DEFAULT =
      new TimeoutConfig(
          Duration.ofSeconds(10),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofSeconds(30),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofHours(1),
          Duration.ofSeconds(30));

  /** The same but for what {@code change} sets. */
  public TimeoutConfig with(Consumer<Change> change) {
    Change changed = new Change(this);
    change.accept(changed);
    return changed.done();
  }

  void validate(String key, Faults faults) {
    faults.zeroOrMore(key + ".client-login", clientLogin);
    faults.zeroOrMore(key + ".client-idle", clientIdle);
    faults.zeroOrMore(key + ".idle-in-transaction", idleInTransaction);
    faults.zeroOrMore(key + ".query-wait", queryWait);
    faults.zeroOrMore(key + ".query", query);
    faults.zeroOrMore(key + ".transaction", transaction);
    faults.positive(key + ".server-connect", serverConnect);
    faults.positive(key + ".server-login", serverLogin);
    faults.positive(key + ".server-own-work", serverOwnWork);
    faults.zeroOrMore(key + ".unheard", unheard);
    faults.zeroOrMore(key + ".drain", drain);
  }

  /** The components, to be set in {@link #with}. */
  public static final class Change {
    public Duration clientLogin;
    public Duration clientIdle;
    public Duration idleInTransaction;
    public Duration queryWait;
    public Duration query;
    public Duration transaction;
    public Duration serverConnect;
    public Duration serverLogin;
    public Duration serverOwnWork;
    public Duration unheard;
    public Duration drain;

    private Change(TimeoutConfig from) {
      clientLogin = from.clientLogin;
      clientIdle = from.clientIdle;
      idleInTransaction = from.idleInTransaction;
      queryWait = from.queryWait;
      query = from.query;
      transaction = from.transaction;
      serverConnect = from.serverConnect;
      serverLogin = from.serverLogin;
      serverOwnWork = from.serverOwnWork;
      unheard = from.unheard;
      drain = from.drain;
    }

    private TimeoutConfig done() {
      return new TimeoutConfig(
          clientLogin,
          clientIdle,
          idleInTransaction,
          queryWait,
          query,
          transaction,
          serverConnect,
          serverLogin,
          serverOwnWork,
          unheard,
          drain);
    }
  }
}
