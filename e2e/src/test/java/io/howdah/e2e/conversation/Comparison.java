package io.howdah.e2e.conversation;

import io.howdah.config.AuthType;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.lab.LabException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Holds dialogues with PostgreSQL and through Howdah. A Howdah in which one has hung is closed, for
 * it may lack server connections since, and another is started.
 */
final class Comparison implements AutoCloseable {
  /** So long that only a hang reaches it. */
  private static final long BOUND_MILLIS = 30_000;

  /** Of a dialogue that has hung before, made shorter. */
  private static final long SHORT_BOUND_MILLIS = 3_000;

  private static final long SHRINKING_MILLIS = 45_000;

  /** What depends on which client is quicker may need a second look. */
  private static final int LOOKS = 2;

  private final HowdahSpec spec;
  private final Manner manner;
  private final Room room;
  private final Servers servers = Servers.shared();
  private final Crashes crashes;
  private Db beside;
  private Stage direct;
  private final Runnable replayed;
  private Howdah howdah;

  /**
   * @param room nobody else is in it
   */
  Comparison(HowdahSpec spec, Manner manner, Room room, Crashes crashes) {
    this.crashes = crashes;
    this.spec = spec.auth(AuthType.TRUST);
    this.manner = manner;
    this.room = room;
    this.beside = room.superuser(servers);
    this.direct = new Stage(servers.primary(), room, true, beside, () -> {});
    this.replayed = manner == Manner.READS_ON_REPLICAS ? servers::awaitReplay : () -> {};
    this.howdah = spec.start();
  }

  /** What is wrong with the dialogue of this seed, made short; empty if nothing is. */
  String complaint(long seed) {
    crashes.together().lock();
    try {
      Optional<String> complaint = complaintUnlessCrashed(seed);
      if (complaint.isPresent()) {
        return complaint.get();
      }
    } finally {
      crashes.together().unlock();
    }
    crashes.alone().lock();
    try {
      begin();
      Optional<String> complaint = complaintUnlessCrashed(seed);
      if (complaint.isEmpty()) {
        crashes.found(seed);
        begin();
      }
      return complaint.orElse("");
    } finally {
      crashes.alone().unlock();
    }
  }

  private Optional<String> complaintUnlessCrashed(long seed) {
    try {
      String complaint = shrunk(Dialogue.of(seed, manner));
      return complaint.isEmpty() || !Crashes.isBeingLost(beside)
          ? Optional.of(complaint)
          : Optional.empty();
    } catch (AssertionError | UncheckedIOException | LabException e) {
      if (Crashes.isBeingLost(beside)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Every connection was lost. */
  private void begin() {
    beside = Crashes.again(room, servers);
    direct.close();
    direct = new Stage(servers.primary(), room, true, beside, () -> {});
    restart();
  }

  private String shrunk(Dialogue whole) {
    String first = difference(whole, BOUND_MILLIS);
    if (first.isEmpty() || Crashes.isBeingLost(beside)) {
      return first;
    }
    Dialogue shrunk = new Shrinker(this::failsAgain, SHRINKING_MILLIS).shrink(whole);
    String last = difference(shrunk, SHORT_BOUND_MILLIS);
    String hint =
        last.isEmpty()
            ? "(alone it does not differ: what was said before it counts, or chance)"
            : last;
    return "seed %d: %s%n%nshortened:%n%s%n%s%n".formatted(whole.seed(), first, shrunk, hint);
  }

  /** What is wrong with the dialogue of this seed as it is; empty if nothing is. */
  String difference(long seed) {
    return difference(Dialogue.of(seed, manner), SHORT_BOUND_MILLIS);
  }

  private String difference(Dialogue dialogue, long boundMillis) {
    Outcome expected = direct.play(dialogue, boundMillis);
    if (expected.isNone()) {
      return "";
    }
    Stage stage = new Stage(howdah.address(), room, false, beside, replayed);
    Outcome actual = stage.play(dialogue, boundMillis);
    if (dialogue.isLeft() || actual.isCutOff()) {
      // What a client asked for before it left is done all the same, and must not be done later.
      howdah.awaitRest();
      actual = actual.with(stage.rows(dialogue.clients()));
    }
    String difference = actual.differenceFrom(expected, dialogue);
    if (!difference.isEmpty()) {
      restart();
    }
    return difference;
  }

  private boolean failsAgain(Dialogue dialogue) {
    for (int i = 0; i < LOOKS; i++) {
      if (!difference(dialogue, SHORT_BOUND_MILLIS).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private void restart() {
    try {
      howdah.leaksAreMeant().close();
    } catch (AssertionError e) {
      System.out.println("Howdah's own faults, beside what it said: " + e.getMessage());
    }
    howdah = spec.start();
  }

  @Override
  public void close() {
    direct.close();
    beside.close();
    howdah.close();
  }
}
