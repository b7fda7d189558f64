package io.howdah.app;

import io.howdah.config.AuthConfig;
import io.howdah.config.AuthType;
import io.howdah.config.CausalReads;
import io.howdah.config.ClientConfig;
import io.howdah.config.ClusterConfig;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.DnsConfig;
import io.howdah.config.Fault;
import io.howdah.config.Faults;
import io.howdah.config.HostPort;
import io.howdah.config.InvalidConfig;
import io.howdah.config.ListenerConfig;
import io.howdah.config.Pinned;
import io.howdah.config.PoolConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.ProbeConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.SplitReads;
import io.howdah.config.TimeoutConfig;
import io.howdah.config.UserConfig;
import io.howdah.observe.HealthConfig;
import io.smallrye.config.SmallRyeConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Turns the configuration sources into the typed records and finds every fault at once: values that
 * can't be read, missing ones, unknown keys, and what the records themselves find.
 *
 * <p>The keys are read here, with their defaults, and listed nowhere else. A {@code @ConfigMapping}
 * would stop at the first kind of fault, and need a second list of the keys to name the unknown
 * ones.
 */
final class ConfigReader {
  private final SmallRyeConfig config;

  ConfigReader(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Reads everything.
   *
   * @throws InvalidConfig with every fault
   */
  AppConfig read() {
    Faults read = new Faults();
    Settings settings = new Settings(config, read);
    Section root = new Section(settings, read, Settings.ROOT);
    ProxyConfig proxy = proxy(root);
    HealthConfig health = health(root.section("health"));
    addUnknown(settings, read);
    Faults meaning = new Faults();
    proxy.validate(Settings.ROOT, meaning);
    health.validate(Settings.ROOT + ".health", meaning);
    addNew(meaning.list(), settings, read);
    if (!read.isEmpty()) {
      throw new InvalidConfig(read.list());
    }
    return new AppConfig(proxy, health, settings.given(), settings.defaults());
  }

  private static void addUnknown(Settings settings, Faults faults) {
    KnownKeys known = new KnownKeys(settings.known());
    for (Setting unknown : settings.unknown()) {
      faults.add(
          unknown.key(),
          "is no key of Howdah" + unknown.from(),
          known
              .near(unknown.key())
              .map(key -> "the keys of the reference; did you mean " + key + "?")
              .orElse("the keys of the reference, config/application.yaml"));
    }
  }

  /** Faults in the meaning of values, but not where reading the same key already failed. */
  private static void addNew(List<Fault> meaning, Settings settings, Faults faults) {
    List<Fault> before = faults.list();
    Map<String, Setting> given = settings.given();
    for (Fault fault : meaning) {
      if (before.stream().noneMatch(b -> concerns(b.key(), fault.key()))) {
        Setting setting = given.get(fault.key());
        String from = setting == null ? "" : setting.from();
        faults.add(fault.key(), fault.problem() + from, fault.allowed());
      }
    }
  }

  private static boolean concerns(String reported, String key) {
    return reported.equals(key) || reported.startsWith(key + ".") || reported.startsWith(key + "[");
  }

  static ProxyConfig proxy(Section root) {
    return new ProxyConfig(
        root.number("event-loops", 0),
        listener(root.section("listen")),
        root.section("clusters").entries(ConfigReader::cluster),
        root.section("databases").entries(ConfigReader::database),
        root.section("users").entries(ConfigReader::user),
        auth(root.section("auth")),
        clients(root.section("clients")),
        pool(root.section("pool")),
        timeouts(root.section("timeouts")),
        routing(root.section("routing")),
        dns(root.section("dns")));
  }

  private static ListenerConfig listener(Section s) {
    return new ListenerConfig(
        new HostPort(s.text("host", "127.0.0.1"), s.number("port", 6432)),
        s.number("backlog", 1024),
        s.number("read-only-port"),
        s.number("read-write-port"));
  }

  private static ClusterConfig cluster(String name, Section s) {
    Section probe = s.section("probe");
    List<Node> nodes = s.list("hosts", Node.ALLOWED, Node::of);
    return new ClusterConfig(
        name,
        nodes.stream().map(Node::address).toList(),
        nodes.stream().collect(Collectors.toMap(Node::address, Node::config, (a, _) -> a)),
        new ProbeConfig(
            probe.required("user", "a role that may connect"),
            probe.secret("password").orElse(""),
            probe.text("database", "postgres"),
            probe.duration("interval", Duration.ofSeconds(1)),
            probe.duration("timeout", Duration.ofSeconds(2))));
  }

  private static DatabaseConfig database(String name, Section s) {
    return new DatabaseConfig(
        name,
        s.required("cluster", "the name of a cluster"),
        s.text("server-database"),
        s.choice("pool-mode", PoolMode.class),
        s.number("pool-size"),
        s.number("reserve-size"),
        s.number("max-connections"),
        s.number("max-client-connections"),
        s.text("server-user"),
        s.secret("server-password"),
        s.choice("split-reads", SplitReads.class),
        s.choice("pinning", Pinned.class),
        s.choice("causal-reads", CausalReads.class));
  }

  private static UserConfig user(String name, Section s) {
    return new UserConfig(
        name,
        s.choice("pool-mode", PoolMode.class),
        s.number("pool-size"),
        s.number("max-connections"),
        s.number("max-client-connections"),
        s.flag("replication"),
        s.choice("pinning", Pinned.class),
        s.choice("split-reads", SplitReads.class));
  }

  private static AuthConfig auth(Section s) {
    return new AuthConfig(
        s.choice("type", AuthType.SCRAM_SHA_256),
        s.file("users-file", "a readable file, made after config/users.txt.example"),
        s.words("admin-users"),
        s.words("stats-users"),
        s.flag("replication", AuthConfig.DEFAULT_REPLICATION),
        s.secret("salt-secret"));
  }

  private static ClientConfig clients(Section s) {
    ClientConfig d = ClientConfig.DEFAULT;
    return new ClientConfig(
        s.number("max-connections", d.maxConnections()),
        s.number("max-unauthenticated", d.maxUnauthenticated()),
        s.number("max-connections-per-user", d.maxConnectionsPerUser()),
        s.number("max-connections-per-database", d.maxConnectionsPerDatabase()),
        s.number("max-prepared-statements", d.maxPreparedStatements()),
        s.bytes("max-prepared-bytes", d.maxPreparedBytes()),
        s.bytes("max-total-prepared-bytes", d.maxTotalPreparedBytes()),
        s.bytes("max-settings-bytes", d.maxSettingsBytes()),
        s.bytes("max-total-settings-bytes", d.maxTotalSettingsBytes()),
        s.number("max-server-prepared-statements", d.maxServerPreparedStatements()),
        s.smallBytes("max-notification-bytes", d.maxNotificationBytes()),
        s.number("max-listen-channels", d.maxListenChannels()));
  }

  private static PoolConfig pool(Section s) {
    PoolConfig d = PoolConfig.DEFAULT;
    return new PoolConfig(
        s.choice("mode", d.mode()),
        s.number("default-size", d.defaultSize()),
        s.number("min-size", d.minSize()),
        s.number("reserve-size", d.reserveSize()),
        s.duration("reserve-timeout", d.reserveTimeout()),
        s.number("max-database-connections", d.maxDatabaseConnections()),
        s.number("max-user-connections", d.maxUserConnections()),
        s.duration("server-lifetime", d.serverLifetime()),
        s.duration("server-idle-timeout", d.serverIdleTimeout()),
        s.duration("leave-after", d.leaveAfter()),
        s.duration("forget-after", d.forgetAfter()),
        s.text("reset-query", d.resetQuery()),
        s.flag("reuse-unnamed-plans", d.reuseUnnamedPlans()),
        s.choice("pinning", d.pinning()),
        s.fraction("leak-check-rate", d.leakCheckRate()));
  }

  private static TimeoutConfig timeouts(Section s) {
    TimeoutConfig d = TimeoutConfig.DEFAULT;
    return new TimeoutConfig(
        s.duration("client-login", d.clientLogin()),
        s.duration("client-idle", d.clientIdle()),
        s.duration("idle-in-transaction", d.idleInTransaction()),
        s.duration("query-wait", d.queryWait()),
        s.duration("query", d.query()),
        s.duration("transaction", d.transaction()),
        s.duration("server-connect", d.serverConnect()),
        s.duration("server-login", d.serverLogin()),
        s.duration("server-own-work", d.serverOwnWork()),
        s.duration("unheard", d.unheard()),
        s.duration("drain", d.drain()));
  }

  private static RoutingConfig routing(Section s) {
    RoutingConfig d = RoutingConfig.DEFAULT;
    return new RoutingConfig(
        s.choice("split-reads", d.splitReads()),
        s.text("zone"),
        s.bytes("max-lag-bytes", d.maxLagBytes()),
        s.duration("max-lag", d.maxLag()),
        s.choice("reads-on-primary", d.readsOnPrimary()),
        s.smallBytes("max-scanned-bytes", d.maxScannedBytes()),
        s.number("cache-entries", d.cacheEntries()),
        s.duration("catalog-refresh", d.catalogRefresh()),
        s.smallBytes("max-replayed-bytes", d.maxReplayedBytes()),
        s.choice("causal-reads", d.causalReads()),
        s.duration("causal-wait", d.causalWait()),
        s.flag("lazy-begin", d.lazyBegin()));
  }

  private static DnsConfig dns(Section s) {
    DnsConfig d = DnsConfig.DEFAULT;
    return new DnsConfig(
        s.duration("max-ttl", d.maxTtl()),
        s.duration("nxdomain-ttl", d.nxdomainTtl()),
        s.duration("timeout", d.timeout()));
  }

  static HealthConfig health(Section s) {
    HealthConfig d = HealthConfig.DEFAULT;
    return new HealthConfig(s.duration("timeout", d.timeout()));
  }
}
