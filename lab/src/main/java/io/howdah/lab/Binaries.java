package io.howdah.lab;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once for each version into a cache and used from there.
 *
 * @param home the folder with bin, lib and share
 * @param version for instance 18.3.0
 */
record Binaries(Path home, String version) {
  /** Where they are unpacked, for a machine whose home folder is not the right place. */
  static final String CACHE_VARIABLE = "HOWDAH_LAB_CACHE";

  String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  /** Finds the programs in the cache, or unpacks them there. */
  static Binaries unpacked(Account account, Progress progress) {
    String version = versionOfResource();
    String resource = resource();
    Path cache = Folders.reachable(cache(), "howdah-lab", account, progress);
    Path home = cache.resolve("postgresql-" + version + "-" + System.getProperty("os.arch"));
    if (!Files.isDirectory(home)) {
      progress.say("unpacking PostgreSQL " + version + " …");
      try {
        unpackAlone(resource, home);
      } catch (IOException e) {
        throw new LabException("cannot unpack PostgreSQL into " + cache + ": " + e.getMessage(), e);
      }
    }
    return new Binaries(home, version);
  }

  private static Path cache() {
    String chosen = System.getenv(CACHE_VARIABLE);
    if (chosen != null) {
      return Path.of(chosen);
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    Path parent =
        caches == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
    return parent.resolve("howdah");
  }

  private static String versionOfResource() {
    try (InputStream in = Binaries.class.getResourceAsStream("lab.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("postgres.version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource() {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    String name =
        switch (arch) {
          case "amd64", "x86_64" -> "/postgres-linux-x86_64.txz";
          case "aarch64" -> "/postgres-linux-arm_64.txz";
          default -> "";
        };
    if (!os.equals("Linux") || Binaries.class.getResource(name) == null || name.isEmpty()) {
      throw new LabException(
          "the embedded PostgreSQL runs on Linux with an amd64 or arm64 processor and glibc; this is "
              + os
              + " on "
              + arch);
    }
    return name;
  }

  /** Lets one process unpack while others wait; a crash halfway leaves nothing that looks whole. */
  private static void unpackAlone(String resource, Path home) throws IOException {
    Path lockFile = home.resolveSibling(home.getFileName() + ".lock");
    synchronized (Binaries.class) {
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid() || Files.isDirectory(home)) {
          return;
        }
        Path half = home.resolveSibling(home.getFileName() + ".part");
        Folders.delete(half);
        Folders.create(half);
        unpack(resource, half);
        Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static void unpack(String resource, Path target) throws IOException {
    try (InputStream raw = Binaries.class.getResourceAsStream(resource);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("entry outside of the archive: " + entry.getName());
        }
        unpack(entry, tar, path);
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Folders.create(path);
    } else if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else if (!entry.getName().endsWith(".a")) { // static libraries are of no use here
      Folders.create(path.getParent());
      Files.copy(content, path);
      boolean executable = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(
          path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }
}
