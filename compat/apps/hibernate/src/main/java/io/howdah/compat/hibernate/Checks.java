package io.howdah.compat.hibernate;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** What the application checks itself with: the first difference ends it. Any thread may call. */
final class Checks {
  private final AtomicInteger count = new AtomicInteger();

  /** Something that may fail. */
  interface Action {
    void run() throws Exception;
  }

  void equal(Object actual, Object expected, String what) {
    count.incrementAndGet();
    if (!Objects.deepEquals(actual, expected)) {
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }
  }

  /** Runs an action that has to fail with the SQLSTATE. */
  void fails(String sqlState, Action action, String what) {
    try {
      action.run();
    } catch (Exception e) {
      equal(sqlState(e), sqlState, what + " (" + e + ")");
      return;
    }
    throw new AssertionError(what + ": expected SQLSTATE " + sqlState + ", got no error");
  }

  int count() {
    return count.get();
  }

  private static String sqlState(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql.getSQLState();
      }
    }
    return "none";
  }
}
