package io.howdah.compat.hibernate;

import jakarta.persistence.LockModeType;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;

/** What Hibernate does with entities: the types, batches, versions, queries, errors. */
final class Entities {
  private static final int CUSTOMERS = 200;

  private final SessionFactory factory;
  private final Checks checks;

  Entities(SessionFactory factory, Checks checks) {
    this.factory = factory;
    this.checks = checks;
  }

  void run() {
    types();
    batches();
    queries();
    versions();
    errors();
    streams();
  }

  private void types() {
    OffsetDateTime registered =
        OffsetDateTime.of(2024, 2, 29, 23, 59, 59, 123_456_000, ZoneOffset.UTC);
    byte[] photo = new byte[256];
    for (int i = 0; i < photo.length; i++) {
      photo[i] = (byte) i;
    }
    Customer made = new Customer("zoë@example.org");
    made.aliases = new String[] {"a", "b\"c", null};
    made.preferences = Map.of("colour", "blue", "sizes", List.of(1, 2));
    made.photo = photo;
    made.registered = registered;
    made.purchases.add(new Purchase(made, new BigDecimal("12.50")));
    factory.inTransaction(session -> session.persist(made));
    factory.inSession(
        session -> {
          Customer found = session.find(Customer.class, made.id);
          checks.equal(found.email, "zoë@example.org", "text");
          checks.equal(found.aliases, made.aliases, "text[]");
          checks.equal(found.preferences, made.preferences, "jsonb");
          checks.equal(found.photo, photo, "bytea");
          checks.equal(found.registered.toInstant(), registered.toInstant(), "timestamptz");
          checks.equal(found.purchases.size(), 1, "a lazy collection");
          checks.equal(found.purchases.getFirst().total, new BigDecimal("12.50"), "numeric");
          checks.equal(found.purchases.getFirst().status, Purchase.Status.OPEN, "enum");
        });
  }

  private void batches() {
    factory.inTransaction(
        session -> {
          for (int i = 0; i < CUSTOMERS; i++) {
            Customer customer = new Customer("customer" + i + "@example.org");
            customer.purchases.add(new Purchase(customer, BigDecimal.valueOf(i)));
            session.persist(customer);
          }
        });
    checks.equal(count("from Customer where email like 'customer%'"), CUSTOMERS, "a batch");
  }

  private void queries() {
    // The same text again and again: pgjdbc prepares it on the server at the fifth execution.
    for (int i = 0; i < 12; i++) {
      String email = "customer" + i + "@example.org";
      Customer customer =
          factory.fromSession(
              session ->
                  session
                      .createSelectionQuery(
                          "from Customer c join fetch c.purchases where c.email = :email",
                          Customer.class)
                      .setParameter("email", email)
                      .getSingleResult());
      checks.equal(customer.email, email, "a query by email");
      checks.equal(customer.purchases.size(), 1, "a joined collection");
    }
    Object total =
        factory.fromSession(
            session ->
                session.createNativeQuery("SELECT stock_total()", Long.class).getSingleResult());
    checks.equal(total, 10_000L, "a function of our own");
    int changed =
        factory.fromTransaction(
            session ->
                session
                    .createMutationQuery("update Purchase set status = :paid where total >= :least")
                    .setParameter("paid", Purchase.Status.PAID)
                    .setParameter("least", BigDecimal.valueOf(100))
                    .executeUpdate());
    checks.equal(changed, CUSTOMERS - 100, "a bulk update");
  }

  private void versions() {
    long id = factory.fromTransaction(session -> persisted(session, "version@example.org"));
    Customer stale = factory.fromSession(session -> session.find(Customer.class, id));
    factory.inTransaction(session -> session.find(Customer.class, id).aliases = new String[] {"x"});
    stale.email = "stale@example.org";
    try {
      factory.inTransaction(session -> session.merge(stale));
      throw new AssertionError("a stale version was written");
    } catch (jakarta.persistence.OptimisticLockException e) {
      checks.equal(count("from Customer where email = 'stale@example.org'"), 0, "a stale version");
    }
    factory.inTransaction(
        session -> {
          Customer locked = session.find(Customer.class, id, LockModeType.PESSIMISTIC_WRITE);
          locked.aliases = new String[] {"locked"};
        });
    Customer found = factory.fromSession(session -> session.find(Customer.class, id));
    checks.equal(found.aliases, new String[] {"locked"}, "a row lock");
  }

  private void errors() {
    checks.fails(
        "23505",
        () -> factory.inTransaction(session -> persisted(session, "version@example.org")),
        "unique violation");
    try (Session session = factory.openSession()) {
      Transaction transaction = session.beginTransaction();
      persisted(session, "rolled-back@example.org");
      session.flush();
      transaction.rollback();
    }
    checks.equal(count("from Customer where email = 'rolled-back@example.org'"), 0, "a rollback");
    checks.fails(
        "25006",
        () ->
            factory.inTransaction(
                session -> {
                  session.createNativeMutationQuery("SET TRANSACTION READ ONLY").executeUpdate();
                  session.createMutationQuery("delete from Purchase").executeUpdate();
                }),
        "a read-only transaction");
    checks.fails(
        "57014",
        () ->
            factory.inSession(
                session ->
                    session
                        .createNativeQuery("SELECT 1 FROM pg_sleep(30)", Integer.class)
                        .setTimeout(1)
                        .getSingleResult()),
        "a timeout, for which the driver cancels");
  }

  private void streams() {
    long seen =
        factory.fromTransaction(
            session -> {
              try (Stream<Purchase> purchases =
                  session
                      .createSelectionQuery("from Purchase order by total", Purchase.class)
                      .setFetchSize(17)
                      .getResultStream()) {
                return purchases.filter(p -> p.total.signum() >= 0).count();
              }
            });
    checks.equal(seen, CUSTOMERS + 1L, "a stream in fetches of 17");
  }

  private static long persisted(Session session, String email) {
    Customer customer = new Customer(email);
    session.persist(customer);
    session.flush();
    return customer.id;
  }

  private int count(String query) {
    return factory
        .fromSession(
            session ->
                session
                    .createSelectionQuery("select count(*) " + query, Long.class)
                    .getSingleResult())
        .intValue();
  }
}
