package io.howdah.compat.hibernate;

import jakarta.persistence.LockModeType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hibernate.SessionFactory;

/** More workers than the pooler has server connections, each in transactions of its own. */
final class Crowd {
  private static final int TURNS = 20;

  private final SessionFactory factory;
  private final Checks checks;
  private final int workers;

  Crowd(SessionFactory factory, Checks checks, int workers) {
    this.factory = factory;
    this.checks = checks;
    this.workers = workers;
  }

  void run() throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(workers)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int number = i;
        ends.add(executor.submit(() -> work(number)));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }
    long left =
        factory.fromSession(
            session ->
                session
                    .createSelectionQuery("select sum(amount) from Stock", Long.class)
                    .getSingleResult());
    checks.equal(left, 10_000L - (long) workers * TURNS, "what is left in stock");
  }

  private void work(int number) {
    String email = "worker" + number + "@example.org";
    for (int turn = 1; turn <= TURNS; turn++) {
      long thing = 1 + (number + turn) % 10;
      int expected = turn;
      factory.inTransaction(
          session -> {
            Customer customer =
                session
                    .createSelectionQuery("from Customer where email = :email", Customer.class)
                    .setParameter("email", email)
                    .getSingleResultOrNull();
            if (customer == null) {
              customer = new Customer(email);
              session.persist(customer);
            }
            Stock stock = session.find(Stock.class, thing, LockModeType.PESSIMISTIC_WRITE);
            stock.amount--;
            customer.purchases.add(new Purchase(customer, BigDecimal.ONE));
            session.flush();
            session.clear();
            checks.equal(
                session.find(Customer.class, customer.id).purchases.size(),
                expected,
                "a worker sees its own purchases");
          });
    }
  }
}
