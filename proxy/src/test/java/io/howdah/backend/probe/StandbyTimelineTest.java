package io.howdah.backend.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.Observation;
import io.howdah.topology.Role;
import org.junit.jupiter.api.Test;

class StandbyTimelineTest {
  private static final NodeId NODE = new NodeId("main", "db2", 5432);

  private final StandbyTimeline timelines = new StandbyTimeline();

  private int seen(Role role, int timeline) {
    return timelines
        .of(new Observation(NODE, 7, role, timeline, new Lsn(9), 0, 3, null))
        .timeline();
  }

  @Test
  void itDoesNotGoBackWhenThePrimaryIsLost() {
    assertThat(seen(Role.REPLICA, 6)).isEqualTo(6);
    assertThat(seen(Role.REPLICA, 4)).isEqualTo(6);
    assertThat(seen(Role.REPLICA, 7)).isEqualTo(7);
  }

  @Test
  void anotherProcessMayBeOnAnEarlierOne() {
    seen(Role.REPLICA, 6);
    timelines.begin();
    assertThat(seen(Role.REPLICA, 4)).isEqualTo(4);
  }

  @Test
  void aPrimaryIsOnTheTimelineThatItSays() {
    seen(Role.REPLICA, 6);
    assertThat(seen(Role.PRIMARY, 5)).isEqualTo(5);
    assertThat(seen(Role.REPLICA, 5)).isEqualTo(5);
  }

  @Test
  void theRestIsAsItWasSaid() {
    seen(Role.REPLICA, 6);
    Observation said = new Observation(NODE, 7, Role.REPLICA, 4, new Lsn(9), 11, 3, null);
    assertThat(timelines.of(said))
        .isEqualTo(new Observation(NODE, 7, Role.REPLICA, 6, new Lsn(9), 11, 3, null));
  }
}
