package io.howdah.frontend.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotificationQueueTest {
  private final NotificationQueue queue = new NotificationQueue();

  private void add(String channel, String message) {
    byte[] bytes = message.getBytes(StandardCharsets.US_ASCII);
    if (channel == null) {
      queue.notice(bytes);
    } else {
      queue.notification(channel, bytes);
    }
  }

  private List<String> said(Set<String> live, Set<String> undecided) {
    List<String> all = new ArrayList<>();
    while (true) {
      byte[] next =
          queue.next(
              channel ->
                  live.contains(channel)
                      ? NotificationQueue.Fate.SAY
                      : undecided.contains(channel)
                          ? NotificationQueue.Fate.WAIT
                          : NotificationQueue.Fate.DROP);
      if (next == null) {
        return all;
      }
      all.add(new String(next, StandardCharsets.US_ASCII));
    }
  }

  @Test
  void keepsTheOrderAndDropsWhatNobodyWants() {
    add("a", "1");
    add("b", "2");
    add(null, "3");
    add("a", "4");
    assertThat(said(Set.of("a"), Set.of())).containsExactly("1", "3", "4");
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.bytes()).isZero();
  }

  @Test
  void nothingOvertakesWhatIsUndecided() {
    add("a", "1");
    add("b", "2");
    add("a", "3");
    assertThat(said(Set.of("a"), Set.of("b"))).containsExactly("1");
    assertThat(said(Set.of("a", "b"), Set.of())).containsExactly("2", "3");
  }

  @Test
  void countsItsBytes() {
    add("a", "1");
    long one = queue.bytes();
    add("b", "2");
    assertThat(queue.bytes()).isEqualTo(2 * one);
    queue.drop(Set.of("b")::contains);
    assertThat(queue.bytes()).isEqualTo(one);
    queue.clear();
    assertThat(queue.bytes()).isZero();
  }
}
