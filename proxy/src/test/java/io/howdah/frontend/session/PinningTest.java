package io.howdah.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.connection.Inspection.Findings;
import io.howdah.backend.connection.Inspection.Part;
import io.howdah.route.fact.PinKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PinningTest {
  private final Pinning pinning = new Pinning();

  private static Findings found(int temporary, int locks) {
    return new Findings(
        Map.of(), Set.of(), Map.of(), Map.of(), temporary, locks, List.of(), List.of(), Set.of(),
        Set.of(), true);
  }

  @Test
  void endsReasonByReasonAsTheServerSays() {
    assertThat(pinning.isPinned()).isFalse();
    assertThat(pinning.text()).isNull();
    pinning.mayBeGone();
    assertThat(pinning.isToBeLookedAt()).isFalse();
    assertThat(pinning.add(PinKind.ADVISORY_LOCK, "lock")).isTrue();
    assertThat(pinning.add(PinKind.TEMPORARY_OBJECT, "table")).isTrue();
    assertThat(pinning.add(PinKind.TEMPORARY_OBJECT, "another table")).isFalse();
    assertThat(pinning.text()).isEqualTo("table, lock");
    assertThat(pinning.isToBeLookedAt()).isFalse();
    pinning.mayBeGone();
    assertThat(pinning.isToBeLookedAt()).isTrue();
    assertThat(pinning.parts())
        .containsExactlyInAnyOrder(Part.TEMPORARY_OBJECTS, Part.ADVISORY_LOCKS);
    pinning.seen(found(0, 1));
    assertThat(pinning.text()).isEqualTo("lock");
    assertThat(pinning.isToBeLookedAt()).isFalse();
    pinning.seen(found(0, 0));
    assertThat(pinning.isPinned()).isFalse();
  }

  @Test
  void whatCannotBeSeenIsNotLookedAtAndWhatCannotBeUndoneStays() {
    pinning.add(PinKind.RANDOM_SEED, "seed");
    pinning.mayBeGone();
    assertThat(pinning.isToBeLookedAt()).isFalse();
    pinning.add(PinKind.LISTEN, "LISTEN c");
    pinning.add(PinKind.OTHER, "something");
    pinning.discardAll();
    assertThat(pinning.kinds()).containsExactly(PinKind.RANDOM_SEED);
    assertThat(pinning.isIndelible()).isTrue();
  }
}
