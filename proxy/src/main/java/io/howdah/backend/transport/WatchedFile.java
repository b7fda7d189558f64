package io.howdah.backend.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Tells when a small file of the system has changed, by its time, size and identity.
 *
 * <p>Thread: one.
 */
final class WatchedFile {
  private record State(FileTime modified, long size, Object key) {}

  private static final State NONE = new State(FileTime.fromMillis(0), -1, null);

  private final Path path;
  private State seen;

  WatchedFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Whether it is another than at the last call; true at the first. */
  boolean hasChanged() {
    State now;
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      now = new State(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (IOException e) {
      now = NONE;
    }
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }
}
