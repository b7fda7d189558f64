package io.howdah.route.fact;

/**
 * The arguments of a call of set_config, where a Bind may tell what the text does not.
 *
 * @param plain whether it is called for certain and once: nothing is around it but SELECT and other
 *     such calls
 */
public record SetArguments(Argument name, Argument value, Argument local, boolean plain) {
  /** An argument that is neither a constant nor a parameter. */
  public static final Argument EXPRESSION = new Argument(null, 0);

  /**
   * One of them.
   *
   * @param constant what the text says, or null
   * @param parameter the number of the parameter that it is, from 1; else 0
   */
  public record Argument(String constant, int parameter) {}

  /** The values that a Bind has for the parameters, as far as they can be told. */
  public interface Values {
    /** The text of a parameter that is taken for one; null where that can't be told. */
    String text(int parameter);

    /** {@code "true"} or {@code "false"}, of one that is taken for a boolean; else null. */
    String flag(int parameter);
  }

  /** Whether a Bind can tell more than the text. */
  public boolean isBound() {
    return name.parameter() != 0 || value.parameter() != 0 || local.parameter() != 0;
  }

  /** The same call where nothing but SELECT is around it, or where something is. */
  public SetArguments with(boolean nowPlain) {
    return new SetArguments(name, value, local, nowPlain);
  }
}
