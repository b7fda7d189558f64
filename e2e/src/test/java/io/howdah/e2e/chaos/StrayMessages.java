package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Send;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Streams of messages as a client may send them that keeps to no rule, the same for one seed. */
final class StrayMessages {
  private static final int MOST = 8;
  private static final String[] TEXTS = {
    "",
    "SELECT 1",
    "SELECT count(*) FROM stray",
    "BEGIN",
    "BEGIN; LOCK TABLE stray IN SHARE MODE",
    "BEGIN READ ONLY",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT a",
    "ROLLBACK TO SAVEPOINT a",
    "INSERT INTO stray VALUES (1)",
    "LOCK TABLE stray IN ACCESS EXCLUSIVE MODE",
    "SELECT 1/0",
    "SELEC 1",
    "SELECT pg_sleep(0.02)",
    "SELECT repeat('x', 1000) FROM generate_series(1, 3000)",
    "COPY stray FROM STDIN",
    "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 3000)) TO STDOUT",
    "SET work_mem = '9MB'",
    "SET LOCAL work_mem = '9MB'",
    "SELECT set_config('stray.own', 'x', false)",
    "CREATE TEMP TABLE chaos_own (id int)",
    "SELECT pg_advisory_lock_shared(4711)",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DISCARD ALL",
    "LISTEN stray",
    "NOTIFY stray",
    "SELECT nextval('stray_numbers')",
    "SELECT currval('stray_numbers')",
    "COMMIT AND CHAIN",
    "SELECT 1; INSERT INTO stray VALUES (2); SELECT 1/0",
  };
  private static final String[] TEXTS_THAT_BEGIN = {
    "BEGIN", "BEGIN; LOCK TABLE stray IN SHARE MODE", "BEGIN; INSERT INTO stray VALUES (3)"
  };
  private static final String[] NAMES = {"", "s", "t"};
  private static final String TYPES = "QPBDECHSFdcf";

  private final Random random;

  StrayMessages(Random random) {
    this.random = random;
  }

  /** Some messages, not all of them whole or right. */
  byte[] next() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (random.nextBoolean()) {
      // What is left open matters most where there is a transaction.
      all.writeBytes(Send.query(TEXTS_THAT_BEGIN[random.nextInt(TEXTS_THAT_BEGIN.length)]));
    }
    for (int left = 1 + random.nextInt(MOST); left > 0; left--) {
      all.writeBytes(random.nextInt(5) == 0 ? wrong() : right());
    }
    byte[] bytes = all.toByteArray();
    return random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private String name() {
    return NAMES[random.nextInt(NAMES.length)];
  }

  private byte[] right() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> Send.query(text());
      case 7, 8, 9 -> Send.parse(name(), text());
      case 10, 11 -> Send.bind(name(), name());
      case 12 ->
          random.nextBoolean() ? Send.describeStatement(name()) : Send.describePortal(name());
      case 13, 14 -> Send.execute(name(), random.nextInt(3));
      case 15 -> random.nextBoolean() ? Send.closeStatement(name()) : Send.closePortal(name());
      case 16 -> Send.flush();
      case 17, 18 -> Send.sync();
      default ->
          switch (random.nextInt(3)) {
            case 0 -> Send.copyData("1\n");
            case 1 -> Send.message('c', new byte[0]);
            default -> Send.message('f', new byte[] {'n', 'o', 0});
          };
    };
  }

  /** A message with a body of another form, a length that can't be, or of no type. */
  private byte[] wrong() {
    return switch (random.nextInt(8)) {
      case 0, 7 -> Send.message(random.nextBoolean() ? 'H' : 'S', new byte[] {'x'});
      case 1 -> Send.message(type(), noise());
      case 2 -> longer(right());
      case 3 -> shorter(right());
      case 4 -> new byte[] {(byte) type(), 0, 0, 0, (byte) random.nextInt(4)};
      case 5 -> new byte[] {(byte) type(), (byte) random.nextInt(256), 0, 0, 9, 'x'};
      default -> Send.message((char) random.nextInt(256), noise());
    };
  }

  private char type() {
    return TYPES.charAt(random.nextInt(TYPES.length()));
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(20)];
    random.nextBytes(noise);
    return noise;
  }

  /** With a byte too many in its body. */
  private static byte[] longer(byte[] message) {
    return Send.message((char) message[0], Arrays.copyOfRange(message, 5, message.length + 1));
  }

  /** With a body that lacks its last byte. */
  private static byte[] shorter(byte[] message) {
    return message.length == 5
        ? message
        : Send.message((char) message[0], Arrays.copyOfRange(message, 5, message.length - 1));
  }
}
