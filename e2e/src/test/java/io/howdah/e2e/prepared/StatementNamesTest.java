package io.howdah.e2e.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Conversation;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several clients use the same names for different statements, on the same few server connections,
 * and each is answered as by a server of its own.
 */
class StatementNamesTest {
  private static final int CLIENTS = 3;
  private static final int STEPS = 400;

  /** One client, twice: at PostgreSQL, and through Howdah. */
  private static final class Pair implements AutoCloseable {
    final Wire directWire;
    final Wire throughWire;
    final Conversation direct;
    final Conversation through;
    final int number;
    final List<String> said;
    char status = 'I';

    Pair(Howdah howdah, int number, List<String> said) throws IOException {
      this.number = number;
      this.said = said;
      directWire = Wire.login(Target.DIRECT.address(howdah), Map.of());
      throughWire = Wire.login(Target.HOWDAH.address(howdah), Map.of());
      direct = new Conversation(directWire);
      through = new Conversation(throughWire);
    }

    void step(List<byte[]> messages) throws IOException {
      said.add("-- " + number);
      messages.forEach(each -> said.add(new Message((char) each[0], body(each)).toString()));
      char before = status;
      direct.send(messages.toArray(byte[][]::new));
      through.send(messages.toArray(byte[][]::new));
      for (int i = RandomNames.requests(messages); i > 0; i--) {
        List<Message> last = direct.until('Z');
        through.until('Z');
        status = (char) last.getLast().body()[0];
      }
      List<String> expected = comparable(direct.transcript(), before);
      assertThat(comparable(through.transcript(), before))
          .as(() -> "last said: " + said.subList(Math.max(0, said.size() - 150), said.size()))
          .isEqualTo(expected);
      direct.forget();
      through.forget();
    }

    /**
     * In a failed transaction a statement that the server connection lacks can't be brought there,
     * so that an error of another sort may come first: that it is one must do.
     */
    private static List<String> comparable(List<String> transcript, char before) {
      List<String> lines = new ArrayList<>();
      char now = before;
      for (String line : transcript) {
        lines.add(now == 'E' && line.startsWith("E ") ? "an error" : line);
        now = line.startsWith("Z ") ? line.charAt(2) : now;
      }
      return lines;
    }

    private static byte[] body(byte[] message) {
      return java.util.Arrays.copyOfRange(message, 5, message.length);
    }

    @Override
    public void close() throws IOException {
      directWire.close();
      throughWire.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 200, false",
    "2, 1, 200, true",
    "3, 2, 200, false",
    "4, 2, 2, false",
    "5, 1, 1, true",
    "6, 3, 3, true"
  })
  void asWithServersOfTheirOwn(long seed, int poolSize, int kept, boolean reuse)
      throws IOException {
    Random random = new Random(seed);
    RandomNames names = new RandomNames(random);
    List<Pair> clients = new ArrayList<>();
    List<String> said = new ArrayList<>();
    try (Howdah howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .poolSize(poolSize)
            .maxServerPreparedStatements(kept)
            .reuseUnnamedPlans(reuse)
            .start()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Pair(howdah, i, said));
      }
      for (int i = 0; i < STEPS; i++) {
        turn(clients, random, poolSize).step(names.step());
        if (random.nextInt(50) == 0) {
          replaceOne(clients, howdah, random, said);
        }
      }
      assertThat(howdah.events().pins()).isEmpty();
    } finally {
      for (Pair each : clients) {
        each.close();
      }
    }
  }

  /** Whose turn it is: not that of one who would wait for another's transaction to end. */
  private static Pair turn(List<Pair> clients, Random random, int poolSize) {
    List<Pair> within = clients.stream().filter(each -> each.status != 'I').toList();
    List<Pair> free = within.size() < poolSize ? clients : within;
    return free.get(random.nextInt(free.size()));
  }

  private static void replaceOne(
      List<Pair> clients, Howdah howdah, Random random, List<String> said) throws IOException {
    int i = random.nextInt(clients.size());
    clients.get(i).close();
    said.add("-- " + i + " anew");
    clients.set(i, new Pair(howdah, i, said));
  }
}
