package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.error.PgError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalTest {
  private static final PgError WHY = new PgError.ServerUnreachable("db2:5432", "refused");
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Refusal refusal = new Refusal();

  /** Near the end of what a clock's long can say. */
  private long now = Long.MAX_VALUE - SECOND;

  @Test
  void nothingStandsAtFirst() {
    assertThat(refusal.isStanding()).isFalse();
    assertThat(refusal.isLeftAlone(now)).isFalse();
    assertThat(refusal.allows(now)).isTrue();
    assertThat(refusal.why()).isNull();
    assertThat(refusal.ended()).isFalse();
  }

  @Test
  void oneMayTryOnceThePauseIsOver() {
    assertThat(refusal.refused(WHY, now)).as("it begins").isTrue();
    assertThat(refusal.why()).isEqualTo(WHY);
    assertThat(refusal.isLeftAlone(now)).isTrue();
    assertThat(refusal.allows(now)).isFalse();
    now += SECOND;
    assertThat(refusal.isLeftAlone(now)).isFalse();
    assertThat(refusal.allows(now)).as("the first").isTrue();
    assertThat(refusal.allows(now)).as("the second").isFalse();
    assertThat(refusal.isLeftAlone(now)).isTrue();
    assertThat(refusal.ended()).isTrue();
    assertThat(refusal.isStanding()).isFalse();
    assertThat(refusal.ended()).as("only once").isFalse();
  }

  @Test
  void aTrialNobodyHearsOfIsNotTheLast() {
    refusal.refused(WHY, now);
    now += SECOND;
    assertThat(refusal.allows(now)).isTrue();
    now += SECOND;
    assertThat(refusal.allows(now)).isTrue();
  }

  @Test
  void thePauseDoublesWithEachTrialUpToABound() {
    refusal.refused(WHY, now);
    long pause = 1;
    for (int i = 0; i < 8; i++) {
      now += pause * SECOND - 1;
      assertThat(refusal.allows(now)).as("before %s s", pause).isFalse();
      now++;
      assertThat(refusal.allows(now)).as("after %s s", pause).isTrue();
      assertThat(refusal.refused(WHY, now)).as("it goes on").isFalse();
      pause = Math.min(30, 2 * pause);
    }
    assertThat(pause).isEqualTo(30);
  }

  @Test
  void attemptsThatFailTogetherCountAsOne() {
    refusal.refused(WHY, now);
    assertThat(refusal.refused(WHY, now)).isFalse();
    assertThat(refusal.refused(WHY, now)).isFalse();
    now += SECOND;
    assertThat(refusal.allows(now)).isTrue();
  }

  @Test
  void whatIsReconsideredMayBeTriedAtOnce() {
    refusal.reconsider(now);
    assertThat(refusal.isStanding()).isFalse();
    refusal.refused(WHY, now);
    refusal.reconsider(now);
    assertThat(refusal.isStanding()).isTrue();
    assertThat(refusal.allows(now)).isTrue();
  }
}
