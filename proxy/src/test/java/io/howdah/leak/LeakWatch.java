package io.howdah.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a buffer was lost. JUnit finds it by itself (META-INF/services),
 * before any test class is initialized, and so before Netty makes its detectors.
 *
 * <p>What counts is Netty's level: at {@code paranoid} every buffer is watched.
 */
public final class LeakWatch implements AfterAllCallback {
  private static final List<WatchedDetector<?>> DETECTORS = new CopyOnWriteArrayList<>();

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Watching());
  }

  private static final class Watching extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> type, int samplingInterval, long maxActive) {
      return newResourceLeakDetector(type, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> type, int samplingInterval) {
      WatchedDetector<T> detector = new WatchedDetector<>(type, samplingInterval);
      DETECTORS.add(detector);
      return detector;
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getTestClass().map(Class::getEnclosingClass).isEmpty()) {
      failOnLeaks(context.getDisplayName());
    }
  }

  /**
   * Fails if anything was lost since the last call.
   *
   * @throws AssertionError with where each lost buffer was made and touched
   */
  static void failOnLeaks(String where) {
    List<String> leaks = takeLeaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          leaks.size() + " leaks up to the end of " + where + ":\n" + String.join("\n", leaks));
    }
  }

  private static List<String> takeLeaks() {
    Queue<String> leaks = new ConcurrentLinkedQueue<>();
    DETECTORS.forEach(detector -> detector.drainTo(leaks));
    return new ArrayList<>(leaks);
  }
}
