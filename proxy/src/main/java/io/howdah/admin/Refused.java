package io.howdah.admin;

import io.howdah.error.PgError;
import java.io.Serial;

/** How a {@link Control} says why it did not do what the console asked. */
public final class Refused extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient PgError error;

  /** The error goes to the console's user as it is. */
  public Refused(PgError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** What the user is told. */
  public PgError error() {
    return error;
  }
}
