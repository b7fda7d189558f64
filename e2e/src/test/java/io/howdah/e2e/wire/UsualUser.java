package io.howdah.e2e.wire;

/** Whom the tests log in as where it does not matter, and to which database. */
public final class UsualUser {
  public static final String DATABASE = "app";
  public static final String NAME = "app";
  public static final String PASSWORD = "app secret";

  private UsualUser() {}
}
