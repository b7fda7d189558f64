package io.howdah.frontend.session;

import io.howdah.backend.pools.LeakCheck;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.ProxyConfig;
import io.howdah.frontend.prepared.ParseVariants;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.telemetry.Telemetry;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an event loop lends to the sessions that it owns: the {@code Worker}, as far as they need
 * it.
 *
 * <p>Thread: its loop, but where a method says otherwise.
 */
public interface Loop {
  /** The loop itself. Thread: any. */
  EventLoop loop();

  /** The time on the clock of the loops. Thread: any. */
  long nanoTime();

  /** The configuration as it is now. */
  ProxyConfig config();

  /** Who is told what happens. */
  Telemetry telemetry();

  /** The one object for settings that many sessions share, so that they compare by identity. */
  SessionSettings interned(SessionSettings settings);

  /** The one object for parameters as servers report them, so that they compare by identity. */
  Map<String, String> internedParameters(Map<String, String> parameters);

  /** What statements mean, looked up by their texts. */
  StatementFinder statements();

  /** The numbers of what the meaning of a Parse depends on. */
  ParseVariants parseVariants();

  /** How many statements ran where. */
  RouteCounts routes();

  /** Whether somebody wants to be told of every statement where it runs. */
  boolean logsRoutes();

  /** What the settings of all clients take, in bytes, about. */
  AtomicLong settingsBytes();

  /** Looks at some of the server connections that sessions give back, and releases all. */
  LeakCheck leakCheck();
}
