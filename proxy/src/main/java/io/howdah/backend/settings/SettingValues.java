package io.howdah.backend.settings;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Values by name, in the order of names, that never change: with one more or one less they are
 * other values, which share all but a few nodes with these (an AVL tree). So a session's thousandth
 * setting costs little more than its first.
 */
final class SettingValues extends AbstractMap<String, String> {
  static final SettingValues NONE = new SettingValues(null, 0, 0, 0);

  /** What an entry takes besides its characters, about. */
  private static final int ENTRY_BYTES = 128;

  private record Node(String key, String value, Node left, Node right, int height) {}

  private final Node root;
  private final int size;
  private final int hash;
  private final long bytes;

  private SettingValues(Node root, int size, int hash, long bytes) {
    this.root = root;
    this.size = size;
    this.hash = hash;
    this.bytes = bytes;
  }

  static SettingValues of(Map<String, String> all) {
    if (all instanceof SettingValues these) {
      return these;
    }
    SettingValues values = NONE;
    for (Map.Entry<String, String> each : all.entrySet()) {
      values = values.with(each.getKey(), each.getValue());
    }
    return values;
  }

  /** What they take in memory, about. */
  long bytes() {
    return bytes;
  }

  /** What one of them takes, about. */
  static long cost(String key, String value) {
    return ENTRY_BYTES + key.length() + value.length();
  }

  private static int hash(String key, String value) {
    return key.hashCode() ^ value.hashCode();
  }

  SettingValues with(String key, String value) {
    String before = get(key);
    if (value.equals(before)) {
      return this;
    }
    SettingValues less = before == null ? this : counted(root, key, before, -1);
    return less.counted(put(root, key, value), key, value, 1);
  }

  SettingValues without(String key) {
    String before = get(key);
    return before == null ? this : counted(remove(root, key), key, before, -1);
  }

  private SettingValues counted(Node now, String key, String value, int sign) {
    return new SettingValues(
        now, size + sign, hash + sign * hash(key, value), bytes + sign * cost(key, value));
  }

  private static Node put(Node at, String key, String value) {
    if (at == null) {
      return new Node(key, value, null, null, 1);
    }
    int order = key.compareTo(at.key);
    if (order == 0) {
      return new Node(key, value, at.left, at.right, at.height);
    }
    return order < 0
        ? balanced(at, put(at.left, key, value), at.right)
        : balanced(at, at.left, put(at.right, key, value));
  }

  private static Node remove(Node at, String key) {
    int order = key.compareTo(at.key);
    if (order < 0) {
      return balanced(at, remove(at.left, key), at.right);
    }
    if (order > 0) {
      return balanced(at, at.left, remove(at.right, key));
    }
    if (at.left == null || at.right == null) {
      return at.left == null ? at.right : at.left;
    }
    Node next = at.right;
    while (next.left != null) {
      next = next.left;
    }
    return balanced(next, at.left, remove(at.right, next.key));
  }

  private static int height(Node at) {
    return at == null ? 0 : at.height;
  }

  private static Node node(Node of, Node left, Node right) {
    return new Node(of.key, of.value, left, right, 1 + Math.max(height(left), height(right)));
  }

  private static Node balanced(Node of, Node left, Node right) {
    int lean = height(left) - height(right);
    if (lean > 1) {
      Node top = height(left.left) >= height(left.right) ? left : leftwards(left);
      return node(top, top.left, node(of, top.right, right));
    }
    if (lean < -1) {
      Node top = height(right.right) >= height(right.left) ? right : rightwards(right);
      return node(top, node(of, left, top.left), top.right);
    }
    return node(of, left, right);
  }

  private static Node leftwards(Node at) {
    return node(at.right, node(at, at.left, at.right.left), at.right.right);
  }

  private static Node rightwards(Node at) {
    return node(at.left, at.left.left, node(at, at.left.right, at.right));
  }

  @Override
  public String get(Object key) {
    Node at = key instanceof String ? root : null;
    while (at != null) {
      int order = ((String) key).compareTo(at.key);
      if (order == 0) {
        return at.value;
      }
      at = order < 0 ? at.left : at.right;
    }
    return null;
  }

  @Override
  public boolean containsKey(Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    if (other instanceof SettingValues those) {
      return root == those.root
          || hash == those.hash && bytes == those.bytes && super.equals(other);
    }
    return super.equals(other);
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, String>> iterator() {
        return new InOrder(root);
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  private static final class InOrder implements Iterator<Entry<String, String>> {
    private final Deque<Node> path = new ArrayDeque<>();

    private InOrder(Node root) {
      down(root);
    }

    private void down(Node from) {
      for (Node at = from; at != null; at = at.left) {
        path.push(at);
      }
    }

    @Override
    public boolean hasNext() {
      return !path.isEmpty();
    }

    @Override
    public Entry<String, String> next() {
      if (path.isEmpty()) {
        throw new NoSuchElementException();
      }
      Node at = path.pop();
      down(at.right);
      return Map.entry(at.key, at.value);
    }
  }
}
