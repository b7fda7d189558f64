package io.howdah.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The folder of one cluster, locked as long as this is open: two programs never run one cluster,
 * and the lock of a program that was killed is gone with it.
 */
final class ClusterFolder implements AutoCloseable {
  private final Path path;
  private final boolean temporary;
  private final FileChannel channel;

  private ClusterFolder(Path path, boolean temporary) throws IOException {
    this.path = path;
    this.temporary = temporary;
    this.channel = lock(path);
  }

  /** Opens {@code wanted}, or a new temporary folder that goes when it is closed. */
  static ClusterFolder open(Optional<Path> wanted, Account account) throws IOException {
    if (wanted.isEmpty()) {
      return new ClusterFolder(Folders.createTemporary("howdah-lab-"), true);
    }
    Path path = Folders.create(wanted.get());
    if (!account.reaches(path)) {
      throw new LabException(
          "user "
              + account.name()
              + ", as whom the servers run, cannot reach "
              + path
              + ": choose a folder that is not below a private one, or none for a temporary one");
    }
    return new ClusterFolder(path, false);
  }

  /** Removes a cluster's folder, and stops servers that a killed run left over there. */
  static void remove(Path path, Progress progress) throws IOException {
    if (Files.isDirectory(path)) {
      try (ClusterFolder folder = new ClusterFolder(path.toRealPath(), false)) {
        folder.clear(progress);
      }
    }
  }

  private void clear(Progress progress) throws IOException {
    try (DirectoryStream<Path> nodes = Files.newDirectoryStream(path, "node*")) {
      for (Path node : nodes) {
        DataFolder.clearStale(node, progress);
      }
    }
    Folders.delete(path);
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very JVM: the same answer as for another one.
    }
    channel.close();
    throw new LabException("another program runs the cluster in " + path);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (temporary) {
      Folders.delete(path);
    }
  }
}
