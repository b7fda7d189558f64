package io.howdah.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** TCP ports of this machine: which are free, and who holds those that are not. */
final class Ports {
  // Below the range from which Linux takes ports for outgoing connections, so that a node that is
  // stopped for a while finds its port free again.
  private static final int FREE_FROM = 20_000;
  private static final int FREE_TO = 30_000;
  private static final String LISTENING = "0A";

  private Ports() {}

  /** Any port on which nothing listens now. */
  static int free() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FREE_FROM, FREE_TO);
      if (isFree(port)) {
        return port;
      }
    }
    throw new LabException("found no free port between " + FREE_FROM + " and " + FREE_TO);
  }

  /** Whether a server could listen on {@code port} of all addresses, the loopback included. */
  static boolean isFree(int port) {
    return binds(null, port) && binds(InetAddress.getLoopbackAddress(), port);
  }

  /**
   * Checks that {@code port} is free.
   *
   * @param purpose what it is wanted for, to say so in the error
   * @throws PortTaken naming the port and, where /proc tells, the process that holds it
   */
  static void requireFree(int port, String purpose) {
    if (!isFree(port)) {
      throw new PortTaken(
          port, purpose, holder(port).orElse("a process that this user may not see"));
    }
  }

  /** The process that listens on {@code port}, for a person to read. */
  static Optional<String> holder(int port) {
    List<String> sockets = listeningInodes(port).map(inode -> "socket:[" + inode + "]").toList();
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (hasOpen(process, sockets)) {
          return Optional.of(describe(process));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean binds(InetAddress address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Stream<String> listeningInodes(int port) {
    String suffix = String.format(":%04X", port);
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .map(Path::of)
        .flatMap(Ports::lines)
        .map(line -> line.strip().split("\\s+"))
        .filter(f -> f.length > 9 && f[1].endsWith(suffix) && f[3].equals(LISTENING))
        .map(fields -> fields[9]);
  }

  private static Stream<String> lines(Path path) {
    try {
      return Files.readAllLines(path).stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private static boolean hasOpen(Path process, List<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(linkTarget(descriptor))) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // another user's process, or one that has just gone
    }
    return false;
  }

  private static String linkTarget(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String describe(Path process) {
    long pid = Long.parseLong(process.getFileName().toString());
    String command =
        ProcessHandle.of(pid)
            .map(ProcessHandle::info)
            .flatMap(info -> info.commandLine().or(info::command))
            .orElse("unknown");
    String shortened = command.length() > 100 ? command.substring(0, 100) + "…" : command;
    return "process " + pid + " (" + shortened + ")";
  }
}
