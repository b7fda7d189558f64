package io.howdah;

import io.howdah.admin.Console;
import io.howdah.admin.Control;
import io.howdah.admin.Refused;
import io.howdah.admin.RouteExplanation;
import io.howdah.admin.RouteExplanation.Question;
import io.howdah.admin.Snapshot;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.listen.ListenHubs;
import io.howdah.config.DatabaseConfig;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.howdah.frontend.RouteExplainer;
import io.howdah.frontend.Rows;
import io.howdah.frontend.Worker;
import io.howdah.pool.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** The admin console's hands: gathers from every worker and acts on every worker. Thread: any. */
final class ProxyControl implements Control {
  private final Fleet fleet;
  private final ListenHubs listenHubs;
  private final Worker[] workers;
  private final ToIntFunction<String> clients;
  private final Host host;

  /**
   * @param clients how many clients a database has
   */
  ProxyControl(
      Fleet fleet,
      ListenHubs listenHubs,
      Worker[] workers,
      Host host,
      ToIntFunction<String> clients) {
    this.clients = clients;
    this.fleet = fleet;
    this.listenHubs = listenHubs;
    this.workers = workers;
    this.host = host;
  }

  @Override
  public CompletionStage<Snapshot> snapshot() {
    List<CompletableFuture<Rows>> parts = new ArrayList<>();
    for (Worker worker : workers) {
      parts.add(CompletableFuture.supplyAsync(() -> Rows.of(worker), worker.loop()));
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ -> {
              List<Rows> rows = parts.stream().map(CompletableFuture::join).toList();
              return new Snapshots(fleet, listenHubs.figures(), host).of(rows);
            });
  }

  @Override
  public CompletionStage<RouteExplanation> explain(Question asked) {
    String database = asked.database() == null ? onlyDatabase() : asked.database();
    check(database);
    DatabaseConfig entry = fleet.config().database(database).orElseThrow();
    Question question = new Question(asked.sql(), database, asked.user());
    return explain(0, entry, question);
  }

  /** Asks the first worker from {@code i} on that knows the database's functions, else the last. */
  private CompletionStage<RouteExplanation> explain(
      int i, DatabaseConfig entry, Question question) {
    Worker worker = workers[i];
    boolean last = i == workers.length - 1;
    return CompletableFuture.supplyAsync(
            () ->
                last || RouteExplainer.isInformed(worker, entry, question.database())
                    ? new RouteExplanation(RouteExplainer.explain(worker, entry, question))
                    : null,
            worker.loop())
        .thenCompose(
            found ->
                found == null
                    ? explain(i + 1, entry, question)
                    : CompletableFuture.completedFuture(found));
  }

  /** The database that is meant where none is named. */
  private String onlyDatabase() {
    Set<String> names = fleet.config().databases().keySet();
    if (names.size() != 1 || names.contains(DatabaseConfig.ANY)) {
      throw new Refused(
          new PgError.ConsoleError(
              Sqlstate.SYNTAX_ERROR,
              "there may be several databases",
              "Say IN and the name of one behind the statement."));
    }
    return names.iterator().next();
  }

  @Override
  public CompletionStage<Void> pause(String database) {
    checkKnown(database);
    fleet.pause(database, false);
    onEveryWorker(Worker::chooseAnew);
    return whenEmpty(database);
  }

  @Override
  public CompletionStage<Void> resume(String database) {
    checkKnown(database);
    if (!fleet.resume(database)) {
      throw new Refused(
          new PgError.ConsoleError(
              Sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE,
              database == null
                  ? "nothing is paused"
                  : "database \"" + database + "\" is not paused",
              "SHOW DATABASES tells which are."));
    }
    return onEveryWorker(Worker::chooseAnew);
  }

  @Override
  public CompletionStage<Void> reconnect(String database) {
    checkKnown(database);
    for (Budget budget : fleet.budgetsOf(database)) {
      budget.retireAll("RECONNECT");
    }
    fleet.loginParameters().clear();
    return onEveryWorker(Worker::chooseAnew);
  }

  @Override
  public CompletionStage<Void> kill(String database) {
    checkKnown(database);
    fleet.pause(database, true);
    return onEveryWorker(
        worker -> {
          worker.kill(database);
          worker.chooseAnew();
        });
  }

  @Override
  public CompletionStage<Void> killClient(long id) {
    AtomicBoolean found = new AtomicBoolean();
    return onEveryWorker(
            worker -> {
              if (worker.killClient(id)) {
                found.set(true);
              }
            })
        .thenRun(
            () -> {
              if (!found.get()) {
                throw new Refused(
                    new PgError.ConsoleError(
                        Sqlstate.INVALID_PARAMETER_VALUE,
                        "there is no client " + id,
                        "SHOW CLIENTS has the ids in its column \"id\"."));
              }
            });
  }

  @Override
  public CompletionStage<Void> reload() {
    return host.reload();
  }

  @Override
  public CompletionStage<Void> shutdown(Shutdown how) {
    return host.shutdown(how);
  }

  private void check(String database) {
    if (database != null && fleet.config().database(database).isEmpty()) {
      throw new Refused(new PgError.NoSuchDatabase(database));
    }
  }

  /**
   * Refuses to act on a database that is not there. The entry {@code "*"} covers every name, so
   * only such a database counts that has clients or pools, or is paused.
   */
  private void checkKnown(String database) {
    check(database);
    if (database == null) {
      return;
    }
    boolean isNamed =
        fleet.config().databases().containsKey(database) && !database.equals(DatabaseConfig.ANY);
    boolean isThere =
        isNamed
            || fleet.isPaused(database)
            || !fleet.budgetsOf(database).isEmpty()
            || clients.applyAsInt(database) > 0;
    if (!isThere || Console.DATABASES.contains(database)) {
      throw new Refused(
          new PgError.ConsoleError(
              Sqlstate.INVALID_CATALOG_NAME,
              "no such database: " + database,
              "No entry of the configuration names it, and no client has asked for it."));
    }
  }

  private CompletionStage<Void> whenEmpty(String database) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Budget budget : fleet.budgetsOf(database)) {
      CompletableFuture<Void> empty = new CompletableFuture<>();
      all.add(empty);
      budget.whenEmpty(() -> empty.complete(null));
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }

  /** Runs a task on every worker's loop; done once all are. */
  CompletableFuture<Void> onEveryWorker(Consumer<Worker> task) {
    CompletableFuture<?>[] all = new CompletableFuture<?>[workers.length];
    for (int i = 0; i < workers.length; i++) {
      Worker worker = workers[i];
      all[i] = CompletableFuture.runAsync(() -> task.accept(worker), worker.loop());
    }
    return CompletableFuture.allOf(all);
  }
}
