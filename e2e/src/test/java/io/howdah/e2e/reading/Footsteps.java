package io.howdah.e2e.reading;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where copies of Howdah's classes say that a query has come to one of its {@link Moment}s. The
 * classes on the stack then are those through which it came. Thread: any.
 */
public final class Footsteps {
  private static final Set<String> PATH = new LinkedHashSet<>();
  private static volatile boolean recording;

  private Footsteps() {}

  /** A moment has come; called by what {@link Moment#writeTo} put into the copies. */
  public static void here() {
    if (!recording) {
      return;
    }
    List<String> stack =
        StackWalker.getInstance()
            .walk(
                frames -> frames.map(StackFrame::getClassName).filter(Footsteps::isOurs).toList());
    synchronized (PATH) {
      // Who was called first comes first.
      stack.reversed().forEach(each -> PATH.add(file(each)));
    }
  }

  private static boolean isOurs(String name) {
    return name.startsWith("io.howdah.") && !name.startsWith("io.howdah.e2e.");
  }

  private static String file(String className) {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    int nested = simple.indexOf('$');
    return nested < 0 ? simple : simple.substring(0, nested);
  }

  static void begin() {
    synchronized (PATH) {
      PATH.clear();
    }
    recording = true;
  }

  /** The files through which it went since {@link #begin}, in order. */
  static List<String> end() {
    recording = false;
    synchronized (PATH) {
      return new ArrayList<>(PATH);
    }
  }
}
