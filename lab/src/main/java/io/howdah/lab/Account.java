package io.howdah.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The operating system user that the servers run as. PostgreSQL refuses to run as root, so a JVM of
 * root's hands its servers to an unprivileged user; any other JVM runs them as itself.
 *
 * @param switched whether this is another user than the JVM's own
 */
record Account(String name, int uid, int gid, boolean switched) {
  private static final Path PASSWD = Path.of("/etc/passwd");

  /** The JVM's own user. */
  static Account own() {
    try {
      Path self = Path.of("/proc/self");
      int uid = (int) Files.getAttribute(self, "unix:uid");
      int gid = (int) Files.getAttribute(self, "unix:gid");
      return new Account(System.getProperty("user.name"), uid, gid, false);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      throw new LabException("the embedded PostgreSQL needs Linux with /proc", e);
    }
  }

  /** The user that PostgreSQL may run as. */
  static Account forServers() {
    Account own = own();
    if (own.uid() != 0) {
      return own;
    }
    Account account =
        lookup("postgres")
            .or(() -> lookup("nobody"))
            .orElseThrow(
                () ->
                    new LabException(
                        "PostgreSQL does not run as root, and this machine has neither a user"
                            + " \"postgres\" nor \"nobody\" to run it as. Create one, or start"
                            + " this as an ordinary user."));
    if (!Spawn.onPath("setpriv")) {
      throw new LabException(
          "PostgreSQL does not run as root, and setpriv is not here to run it as \""
              + account.name()
              + "\". Install util-linux, or start this as an ordinary user.");
    }
    return account;
  }

  private static Optional<Account> lookup(String name) {
    try (Stream<String> lines = Files.lines(PASSWD)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length >= 4 && fields[0].equals(name))
          .map(
              fields ->
                  new Account(name, Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), true))
          .findFirst();
    } catch (IOException e) {
      throw new LabException("cannot read " + PASSWD, e);
    }
  }

  /** Whether this user may pass through {@code folder} and all that lead to it. */
  boolean reaches(Path folder) {
    if (!switched) {
      return Files.isExecutable(folder);
    }
    Spawn.Result result =
        Spawn.run(this, Path.of("/"), List.of("sh", "-c", "[ -x \"$0\" ]", folder.toString()));
    return result.code() == 0;
  }

  /** Gives {@code path}, and what is in it, to this user. */
  void takeOver(Path path) throws IOException {
    if (!switched) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Files.setAttribute(each, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(each, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
