package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Send;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings: set and reset in and out of transactions that commit or fail, and looked at. */
final class SettingActs {
  static final List<String> NAMES =
      List.of("application_name", "chaos.mine", "search_path", "timezone", "work_mem");

  private static final List<String> ZONES =
      List.of("Asia/Tokyo", "Europe/Berlin", "America/Lima", "Africa/Cairo");

  private SettingActs() {}

  static void deal(Deck deck) {
    deck.add(6, "SHOW", SettingActs::look);
    deck.add(5, "SET", SettingActs::set);
    deck.add(2, "RESET", SettingActs::reset);
    deck.add(4, "SET in a transaction", SettingActs::inTransaction);
    deck.add(2, "SET in a batch", SettingActs::inBatch);
    deck.add(1, "set_config", SettingActs::setConfig);
    deck.add(1, "DISCARD ALL", SettingActs::discardAll);
  }

  private static String name(Ride ride) {
    return NAMES.get(ride.random.nextInt(NAMES.size()));
  }

  /** A new value as SET takes it; {@link #shown} says how SHOW writes it. */
  private static String value(Ride ride, String name) {
    return switch (name) {
      case "search_path" -> "'" + ride.tag() + "', public";
      case "timezone" -> "'" + ZONES.get(ride.random.nextInt(ZONES.size())) + "'";
      case "work_mem" -> "'" + (1025 + 2 * ride.random.nextInt(500)) + "kB'";
      default -> "'" + ride.tag() + "'";
    };
  }

  private static String shown(String name, String value) {
    return unquoted(name, value.replace("'", ""));
  }

  /** Which names of a path stand in quotes is not looked at: Howdah quotes them all. */
  static String unquoted(String name, String shown) {
    return name.equals("search_path") ? shown.replace("\"", "") : shown;
  }

  /** Every setting must be this session's own. */
  static void look(Ride ride) throws IOException, Gone {
    if (ride.rider.hasOwnSettings() && ride.random.nextInt(4) == 0) {
      String name = name(ride);
      String got = ride.query("SHOW " + name, "TDCZ").row().getFirst();
      ride.same(name + "=" + ride.settings.get(name), name + "=" + unquoted(name, got));
      return;
    }
    List<String> columns =
        NAMES.stream().map(each -> "coalesce(current_setting('" + each + "', true), '')").toList();
    String tag = ride.tag();
    String sql = "SELECT '" + tag + "', " + String.join(", ", columns);
    Replies replies;
    if (ride.random.nextBoolean()) {
      replies = ride.query(sql, "TDCZ");
    } else {
      replies = ride.ask(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
      ride.expect("12DCZ", replies);
    }
    List<String> row = replies.row();
    ride.same(tag, row.getFirst());
    Map<String, String> got = new TreeMap<>();
    for (int i = 0; i < NAMES.size(); i++) {
      got.put(NAMES.get(i), unquoted(NAMES.get(i), row.get(i + 1)));
    }
    ride.same(new TreeMap<>(ride.settings), got);
  }

  private static void set(Ride ride) throws IOException, Gone {
    String name = name(ride);
    String value = value(ride, name);
    if (ride.random.nextInt(6) == 0) {
      // The error takes the setting back: one string is one transaction.
      ride.query("SET " + name + " = " + value + "; SELECT 1/0", "CT?EZ");
    } else {
      ride.query("SET " + name + " = " + value, "CZ");
      ride.settings.put(name, shown(name, value));
    }
    look(ride);
  }

  private static void reset(Ride ride) throws IOException, Gone {
    String name = name(ride);
    ride.query("RESET " + name, "CZ");
    ride.settings.put(name, ride.first.get(name));
    look(ride);
  }

  private static void inTransaction(Ride ride) throws IOException, Gone {
    Map<String, String> within = new TreeMap<>(ride.settings);
    Map<String, String> before = new TreeMap<>(ride.settings);
    Map<String, String> after = new TreeMap<>(ride.settings);
    ride.query("BEGIN", "CZ");
    for (int i = 1 + ride.random.nextInt(3); i > 0; i--) {
      String name = name(ride);
      String value = value(ride, name);
      boolean local = ride.random.nextInt(3) == 0;
      ride.query("SET " + (local ? "LOCAL " : "") + name + " = " + value, "CZ");
      within.put(name, shown(name, value));
      if (!local) {
        after.put(name, shown(name, value));
      }
    }
    keep(ride, within);
    look(ride);
    keep(ride, before);
    switch (ride.random.nextInt(4)) {
      case 0 -> ride.query("ROLLBACK", "CZ");
      case 1 -> {
        ride.query("SELECT 1/0", "T?EZ");
        ride.query("COMMIT", "CZ");
      }
      default -> {
        ride.query("COMMIT", "CZ");
        keep(ride, after);
      }
    }
    look(ride);
  }

  private static void keep(Ride ride, Map<String, String> settings) {
    ride.settings.putAll(settings);
  }

  /** SET by the extended protocol; an error behind it, before Sync, takes it back. */
  private static void inBatch(Ride ride) throws IOException, Gone {
    String name = name(ride);
    String value = value(ride, name);
    boolean fails = ride.random.nextInt(3) == 0;
    List<byte[]> batch = new ArrayList<>();
    batch.add(Send.parse("", "SET " + name + " = " + value));
    batch.add(Send.bind("", ""));
    batch.add(Send.execute("", 0));
    if (fails) {
      batch.add(Send.parse("", "SELECT 1 FROM nowhere"));
    }
    batch.add(Send.sync());
    Replies replies = ride.ask(batch.toArray(byte[][]::new));
    ride.expect(fails ? "12CEZ" : "12CZ", replies);
    if (!fails) {
      ride.settings.put(name, shown(name, value));
    }
    look(ride);
  }

  private static void setConfig(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.query("SELECT set_config('chaos.mine', '" + tag + "', false)", "TDCZ");
    ride.settings.put("chaos.mine", tag);
    look(ride);
  }

  /** Ends whatever binds the session to a server connection. */
  static void discardAll(Ride ride) throws IOException, Gone {
    ride.query("DISCARD ALL", "CZ");
    keep(ride, ride.first);
    ride.statements.clear();
    look(ride);
  }
}
