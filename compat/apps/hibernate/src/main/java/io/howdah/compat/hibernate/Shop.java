package io.howdah.compat.hibernate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;

/** The application: migrates, opens its pool and its session factory, and runs its parts. */
final class Shop {
  private Shop() {}

  public static void main(String[] args) {
    Checks checks = new Checks();
    try (HikariDataSource pool = new HikariDataSource(poolConfig())) {
      Flyway flyway = Flyway.configure().dataSource(pool).load();
      checks.equal(flyway.migrate().migrationsExecuted, 2, "migrations");
      checks.equal(flyway.migrate().migrationsExecuted, 0, "no migration left");
      flyway.validate();
      try (SessionFactory factory = factory(pool)) {
        new Entities(factory, checks).run();
        new Drivers(pool, checks).run();
        new Crowd(factory, checks, workers()).run();
      }
    } catch (Throwable e) {
      e.printStackTrace();
      System.out.println("hibernate: after " + checks.count() + " checks: " + e);
      System.exit(1);
    }
    System.out.println("ok hibernate " + checks.count() + " checks");
    System.exit(0);
  }

  private static HikariConfig poolConfig() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:postgresql://%s:%s/%s".formatted(env("PGHOST"), env("PGPORT"), env("PGDATABASE")));
    config.setUsername(env("PGUSER"));
    config.setPassword(env("PGPASSWORD"));
    config.setMaximumPoolSize(workers() + 4);
    config.setMinimumIdle(1);
    config.setSchema("public");
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionInitSql("SET TIME ZONE 'Europe/Lisbon'");
    config.addDataSourceProperty("ApplicationName", "shop");
    return config;
  }

  private static SessionFactory factory(HikariDataSource pool) {
    Configuration configuration = new Configuration();
    configuration.getProperties().put("hibernate.connection.datasource", pool);
    return configuration
        .setProperty("hibernate.jdbc.batch_size", "30")
        .setProperty("hibernate.order_inserts", "true")
        .setProperty("hibernate.hbm2ddl.auto", "validate")
        .addAnnotatedClass(Customer.class)
        .addAnnotatedClass(Purchase.class)
        .addAnnotatedClass(Stock.class)
        .buildSessionFactory();
  }

  private static int workers() {
    return Integer.parseInt(System.getenv().getOrDefault("APP_WORKERS", "20"));
  }

  private static String env(String name) {
    return System.getenv(name);
  }
}
