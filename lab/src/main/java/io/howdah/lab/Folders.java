package io.howdah.lab;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders that the servers' user can reach, and the removal of whole trees. */
final class Folders {
  private static final Set<PosixFilePermission> OPEN_TO_PASS =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private Folders() {}

  /**
   * Answers {@code preferred}, or a folder under the system's temporary one where {@code preferred}
   * cannot be written, or not be reached by the servers' user, as below a private home.
   *
   * @param name what the fallback is called; it belongs to the JVM's user alone
   */
  static Path reachable(Path preferred, String name, Account account, Progress progress) {
    try {
      Path folder = create(preferred);
      if (Files.isWritable(folder) && account.reaches(folder)) {
        return folder;
      }
    } catch (IOException e) {
      // Not writable: as good as out of reach.
    }
    Path fallback = temporary(name + "-" + System.getProperty("user.name"));
    progress.say(
        "using " + fallback + ", because user " + account.name() + " cannot use " + preferred);
    return fallback;
  }

  /** A folder of this name under the system's temporary one, or a new one if that is not ours. */
  private static Path temporary(String name) {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Path folder = create(parent.resolve(name));
      int owner = (int) Files.getAttribute(folder, "unix:uid");
      if (owner == Account.own().uid() && !Files.isSymbolicLink(parent.resolve(name))) {
        Files.setPosixFilePermissions(folder, OPEN_TO_PASS);
        return folder;
      }
      return createTemporary(name + "-");
    } catch (IOException e) {
      throw new LabException("cannot create a folder in " + parent + ": " + e.getMessage(), e);
    }
  }

  /** A new temporary folder that every user may pass through. */
  static Path createTemporary(String prefix) throws IOException {
    Path folder = Files.createTempDirectory(prefix).toRealPath();
    Files.setPosixFilePermissions(folder, OPEN_TO_PASS);
    return folder;
  }

  /** Creates {@code folder} and its missing parents, open to pass whatever the umask. */
  static Path create(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    if (!Files.isDirectory(absolute)) {
      if (absolute.getParent() != null) {
        create(absolute.getParent());
      }
      Files.createDirectories(absolute);
      Files.setPosixFilePermissions(absolute, OPEN_TO_PASS);
    }
    return absolute.toRealPath();
  }

  /** Removes {@code folder} with all that is in it; does nothing where it does not exist. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException e) throws IOException {
            Files.deleteIfExists(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
