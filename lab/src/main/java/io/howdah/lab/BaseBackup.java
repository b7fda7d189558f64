package io.howdah.lab;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/**
 * Copies a running server's data folder with the low-level backup API (chapter "Continuous
 * Archiving and Point-in-Time Recovery" of PostgreSQL's manual), since the embedded binaries come
 * without pg_basebackup. One backup serves any number of copies.
 */
final class BaseBackup {
  // What the manual says to leave out: the folder stays, its content does not.
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");
  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map");

  private BaseBackup() {}

  /** Fills {@code copies}, which are made anew, from the running {@code source}. */
  static void copy(Postgres source, List<DataFolder> copies) {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('lab', fast => true)");
      for (DataFolder copy : copies) {
        copy.recreate();
        copyTree(source.data().path(), copy.path());
      }
      String label = stop(statement);
      for (DataFolder copy : copies) {
        copy.write("backup_label", label);
        copy.becomeStandby();
        copy.account().takeOver(copy.path());
      }
    } catch (SQLException | IOException e) {
      throw new LabException("cannot copy " + source.name() + ": " + e.getMessage(), e);
    }
  }

  private static String stop(Statement statement) throws SQLException {
    // Nothing archives here: the replica streams what it needs, so there is nothing to wait for.
    try (ResultSet row =
        statement.executeQuery("SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)")) {
      row.next();
      return row.getString(1);
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Path relative = from.relativize(folder);
            Path copy = to.resolve(relative);
            if (!Files.exists(copy)) {
              Files.createDirectory(copy);
              Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(folder));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path relative = from.relativize(file);
            if (isWanted(relative)) {
              copyFile(file, to.resolve(relative));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return goneMeanwhile(e);
          }
        });
  }

  private static boolean isWanted(Path relative) {
    String name = relative.getFileName().toString();
    boolean insideEmptied =
        relative.getNameCount() > 1 && EMPTIED.contains(relative.getName(0).toString());
    return !insideEmptied
        && !name.startsWith("pgsql_tmp")
        && !name.equals("pg_internal.init")
        && !(relative.getNameCount() == 1 && LEFT_OUT.contains(name));
  }

  private static void copyFile(Path file, Path copy) throws IOException {
    try {
      Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      goneMeanwhile(e);
    }
  }

  /** The server removes files while it is copied; recovery knows what to do without them. */
  private static FileVisitResult goneMeanwhile(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
