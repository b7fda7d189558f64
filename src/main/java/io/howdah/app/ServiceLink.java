package io.howdah.app;

import java.util.regex.Pattern;

/**
 * Variables that Kubernetes sets by itself in every container for a Service whose name begins with
 * "howdah". They look like Howdah's own and mean nothing to it.
 */
final class ServiceLink {
  private static final Pattern NAME =
      Pattern.compile(
          "HOWDAH(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
              + "|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
  private static final Pattern PORT_NAME = Pattern.compile("HOWDAH(_[A-Z0-9_]+)?_PORT");

  private ServiceLink() {}

  static boolean matches(String variable, String value) {
    return NAME.matcher(variable).matches()
        || (PORT_NAME.matcher(variable).matches() && value.matches("(tcp|udp|sctp)://.*"));
  }
}
