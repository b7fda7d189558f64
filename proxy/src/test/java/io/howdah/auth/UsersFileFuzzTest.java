package io.howdah.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is in a users file: users whose names can be told, or every fault with its line. */
class UsersFileFuzzTest {
  private static final String[] PARTS = {
    "\"alice\" \"secret\"\n",
    "\"bob\" \"md5" + "0".repeat(32) + "\"\n",
    "\"carol\" \"SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
        + "A".repeat(43)
        + "=:"
        + "A".repeat(43)
        + "=\"\n",
    "\"d\"\"d\"\t\"\" rest\r\n",
    "; \"no\" \"body\"\n",
    "#\n",
    "\n",
    "\"",
    " ",
    "\u00e9",
    "SCRAM-SHA-256$",
    "md5",
    "\0",
  };

  private static byte[] file(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return Fuzz.damaged(random, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void usersOrFaults() {
    Fuzz.run(
        UsersFileFuzzTest::file,
        (bytes, _) -> {
          Users users;
          try {
            users = UsersFile.parse(bytes, "users.txt", List.of());
          } catch (InvalidUsersFile e) {
            assertThat(e.getMessage()).contains("users.txt", "line ");
            return;
          }
          String text = new String(bytes, StandardCharsets.UTF_8);
          for (String name : users.names()) {
            assertThat(name).isNotEmpty().doesNotContain("\0");
            assertThat(text).contains('"' + name.replace("\"", "\"\"") + '"');
            assertThat(users.credential(name)).isNotNull();
          }
        });
  }
}
