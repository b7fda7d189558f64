package io.howdah.backend.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.Observation;
import io.howdah.topology.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeQueryTest {
  private static final NodeId NODE = new NodeId("main", "db1", 5432);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // name               |row                                    |role   |tli|lsn      |age
        // |system
        "primary               |f,1/A,0000000A,-,-,1,73                |PRIMARY|10 |1/A      |-1  |73",
        "primary, no control   |f,1/A,00000001,-,-,-,-                 |PRIMARY|1  |1/A      |-1  |0",
        "replica, all replayed |t,0/3000060,-,0,-,1,73                 |REPLICA|1  |0/3000060|0   |73",
        "replica, behind       |t,0/3000060,-,1500,3,2,73              |REPLICA|3  |0/3000060|1500|73",
        "replica, clock skew   |t,0/3000060,-,-20,2,3,73               |REPLICA|3  |0/3000060|0   |73",
        "replica, no commit yet|t,-,-,-,-,-,-                          |REPLICA|0  |0/0      |-1  |0",
      })
  void rows(String name, String row, Role role, int timeline, String lsn, long age, long system) {
    String[] values = row.split(",", -1);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i].equals("-") ? null : values[i];
    }
    assertThat(ProbeQuery.read(NODE, 5, values))
        .isEqualTo(new Observation(NODE, 5, role, timeline, Lsn.parse(lsn), age, system, null));
  }

  @Test
  void anotherForm() {
    for (String[] row : new String[][] {{}, {null, null, null, null, null, null, null}, {"t"}}) {
      assertThatThrownBy(() -> ProbeQuery.read(NODE, 0, row))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
