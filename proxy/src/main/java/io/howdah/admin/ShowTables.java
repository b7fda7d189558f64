package io.howdah.admin;

import io.howdah.admin.Snapshot.Address;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The tables of the SHOW commands. Columns and their order are PgBouncer 1.24's, so that its
 * exporters work; Howdah's own follow at the end.
 */
final class ShowTables {
  private static final List<Column> POOLS =
      Sheet.columns(
          "database text, user text, cl_active int4, cl_waiting int4, cl_active_cancel_req int4,"
              + " cl_waiting_cancel_req int4, sv_active int4, sv_active_cancel int4,"
              + " sv_being_canceled int4, sv_idle int4, sv_used int4, sv_tested int4,"
              + " sv_login int4, maxwait int4, maxwait_us int4, pool_mode text,"
              + " load_balance_hosts text, node text, role text, refusal text");

  private static final String SOCKET =
      "type text, user text, database text, replication text, state text, addr text, port int4,"
          + " local_addr text, local_port int4, connect_time text, request_time text, wait int4,"
          + " wait_us int4, close_needed int4, ptr text, link text, remote_pid int4, tls text,"
          + " application_name text, prepared_statements int4, id int8";

  private static final List<Column> CLIENTS =
      Sheet.columns(SOCKET + ", pin text, wait_reason text, wait_ms int8");
  private static final List<Column> SERVERS = Sheet.columns(SOCKET + ", node text, role text");

  private static final List<Column> DATABASES =
      Sheet.columns(
          "name text, host text, port int4, database text, force_user text, pool_size int4,"
              + " min_pool_size int4, reserve_pool_size int4, server_lifetime int4, pool_mode text,"
              + " load_balance_hosts text, max_connections int4, current_connections int4,"
              + " max_client_connections int4, current_client_connections int4, paused int4,"
              + " disabled int4, cluster text, split_reads bool");

  private static final List<Column> USERS =
      Sheet.columns(
          "name text, pool_size int4, reserve_pool_size int4, pool_mode text,"
              + " max_user_connections int4, current_connections int4,"
              + " max_user_client_connections int4, current_client_connections int4");

  private static final List<Column> NODES =
      Sheet.columns(
          "cluster text, node text, role text, timeline int4, lsn text, lag_bytes int8,"
              + " lag_ms int8, up bool, active int4, idle int4, problem text, weight int4, zone text");

  private static final List<Column> LISTENERS =
      Sheet.columns(
          "cluster text, database text, node text, user text, remote_pid int4, channels int4,"
              + " subscriptions int4, received int8, delivered int8, losses int8, problem text");

  private static final List<Column> CONFIG =
      Sheet.columns("key text, value text, default text, changeable text");

  private static final List<Column> LISTS = Sheet.columns("list text, items int4");
  private static final List<Column> STATE = Sheet.columns("key text, value text");
  private static final List<Column> VERSION = Sheet.columns("version text");

  private ShowTables() {}

  static Reply.Table pools(Snapshot s) {
    return table(
        POOLS,
        s.pools(),
        (sheet, p) ->
            sheet.row(
                p.database(),
                p.user(),
                p.clientsActive(),
                p.clientsWaiting(),
                p.cancelsActive(),
                p.cancelsWaiting(),
                p.serversActive(),
                p.cancelsActive(),
                p.serversBeingCanceled(),
                p.serversIdle(),
                0,
                p.serversTested(),
                p.serversLogin(),
                p.maxWaitMicros() / 1_000_000,
                p.maxWaitMicros() % 1_000_000,
                p.poolMode(),
                null,
                p.node(),
                p.role(),
                p.refusal()));
  }

  static Reply.Table clients(Snapshot s) {
    return table(
        CLIENTS,
        s.clients(),
        (sheet, c) ->
            sheet.row(
                "C",
                c.user(),
                c.database(),
                "none",
                c.state(),
                host(c.peer()),
                port(c.peer()),
                host(c.local()),
                port(c.local()),
                c.connectTime(),
                c.requestTime(),
                c.waitMicros() / 1_000_000,
                c.waitMicros() % 1_000_000,
                0,
                "C" + c.id(),
                c.link() == 0 ? "" : "S" + c.link(),
                0,
                c.tls(),
                c.applicationName(),
                c.preparedStatements(),
                c.id(),
                c.pin(),
                c.waitReason(),
                c.waitReason() == null ? null : c.waitMillis()));
  }

  static Reply.Table servers(Snapshot s) {
    return table(
        SERVERS,
        s.servers(),
        (sheet, v) ->
            sheet.row(
                "S",
                v.user(),
                v.database(),
                "none",
                v.state(),
                host(v.peer()),
                port(v.peer()),
                host(v.local()),
                port(v.local()),
                v.connectTime(),
                v.requestTime(),
                0,
                0,
                v.closeNeeded() ? 1 : 0,
                "S" + v.id(),
                v.link() == 0 ? "" : "C" + v.link(),
                v.remotePid(),
                v.tls(),
                v.applicationName(),
                v.preparedStatements(),
                v.id(),
                v.node(),
                v.role()));
  }

  static Reply.Table databases(Snapshot s) {
    return table(
        DATABASES,
        s.databases(),
        (sheet, d) ->
            sheet.row(
                d.name(),
                host(d.primary()),
                port(d.primary()),
                d.serverDatabase(),
                d.forceUser(),
                d.poolSize(),
                d.minPoolSize(),
                d.reservePoolSize(),
                d.serverLifetimeSeconds(),
                d.poolMode(),
                null,
                d.maxConnections(),
                d.currentConnections(),
                d.maxClientConnections(),
                d.currentClientConnections(),
                d.paused() ? 1 : 0,
                0,
                d.cluster(),
                d.splitReads()));
  }

  static Reply.Table users(Snapshot s) {
    return table(
        USERS,
        s.users(),
        (sheet, u) ->
            sheet.row(
                u.name(),
                u.poolSize(),
                u.reservePoolSize(),
                u.poolMode(),
                u.maxConnections(),
                u.currentConnections(),
                u.maxClientConnections(),
                u.currentClientConnections()));
  }

  static Reply.Table nodes(Snapshot s) {
    return table(
        NODES,
        s.nodes(),
        (sheet, n) ->
            sheet.row(
                n.cluster(),
                n.node(),
                n.role(),
                n.timeline() == 0 ? null : n.timeline(),
                n.lsn(),
                n.lagBytes() < 0 ? null : n.lagBytes(),
                n.lagMillis() < 0 ? null : n.lagMillis(),
                n.up(),
                n.active(),
                n.idle(),
                n.problem(),
                n.weight(),
                n.zone()));
  }

  static Reply.Table config(Snapshot s) {
    return table(
        CONFIG,
        s.settings(),
        (sheet, c) ->
            sheet.row(c.key(), c.value(), c.defaultValue(), c.changeable() ? "yes" : "no"));
  }

  /** PgBouncer keeps freed structures and a DNS cache; Howdah does not, so these are 0. */
  static Reply.Table lists(Snapshot s) {
    return new Sheet(LISTS)
        .row("databases", s.databases().size())
        .row("users", s.users().size())
        .row("peers", 0)
        .row("pools", s.pools().size())
        .row("peer_pools", 0)
        .row("free_clients", 0)
        .row("used_clients", s.clients().size())
        .row("login_clients", s.loginClients())
        .row("free_servers", 0)
        .row("used_servers", s.servers().size())
        .row("dns_names", 0)
        .row("dns_zones", 0)
        .row("dns_queries", 0)
        .row("dns_pending", 0)
        .row("nodes", s.nodes().size())
        .show();
  }

  static Reply.Table listeners(Snapshot s) {
    return table(
        LISTENERS,
        s.listeners(),
        (sheet, l) ->
            sheet.row(
                l.cluster(),
                l.database(),
                l.node(),
                l.user(),
                l.remotePid(),
                l.channels(),
                l.subscriptions(),
                l.received(),
                l.delivered(),
                l.losses(),
                l.problem()));
  }

  static Reply.Table state(Snapshot s) {
    return new Sheet(STATE)
        .row("active", s.paused() ? "no" : "yes")
        .row("paused", s.paused() ? "yes" : "no")
        .row("suspended", "no")
        .show();
  }

  static Reply.Table version(Snapshot s) {
    return new Sheet(VERSION).row("Howdah " + s.version()).show();
  }

  private static <T> Reply.Table table(
      List<Column> columns, List<T> all, BiConsumer<Sheet, T> row) {
    Sheet sheet = new Sheet(columns);
    all.forEach(each -> row.accept(sheet, each));
    return sheet.show();
  }

  private static String host(Address a) {
    return a == null ? null : a.host();
  }

  private static Integer port(Address a) {
    return a == null ? null : a.port();
  }
}
