package io.howdah.admin;

/** What a console session may do. */
public enum Access {
  /** Everything [admin_users]. */
  ADMIN,
  /** Look, but change nothing [stats_users]. */
  STATS
}
