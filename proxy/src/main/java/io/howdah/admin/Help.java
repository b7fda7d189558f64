package io.howdah.admin;

/** What SHOW HELP says. */
final class Help {
  private static final String TEXT =
      """
      SHOW HELP                 | this list
      SHOW CLIENTS              | every client, what it does and why it is pinned
      SHOW CONFIG               | every setting, its value and default
      SHOW DATABASES            | every database, its limits and where its primary is
      SHOW LISTS                | how many there are of everything
      SHOW LISTENERS            | the connections that LISTEN for all clients of a database
      SHOW NODES                | every node, its role and lag
      SHOW POOLS                | every pool, its clients and server connections
      SHOW ROUTE FOR 'sql'      | where a statement would go and why; then IN db, AS user
      SHOW ROUTES               | how many statements went where, by reason
      SHOW SERVERS              | every server connection
      SHOW STATE                | whether Howdah is paused
      SHOW STATS                | totals and averages, by database
      SHOW STATS_TOTALS         | totals since the start, by database
      SHOW STATS_AVERAGES       | averages of the last period, by database
      SHOW TOTALS               | totals and averages over all databases
      SHOW USERS                | every user and its limits
      SHOW VERSION              | Howdah's version
      PAUSE [db]                | close server connections as they come free, let clients wait
      RESUME [db]               | end a PAUSE or KILL
      RECONNECT [db]            | replace each server connection when it is next free
      KILL [db]                 | drop all clients and server connections at once, let nobody in until RESUME
      KILL_CLIENT id            | drop one client, by the id of SHOW CLIENTS
      RELOAD                    | read the configuration again
      SHUTDOWN                  | stop at once
      SHUTDOWN WAIT_FOR_SERVERS | let every session end with its transaction, then stop
      SHUTDOWN WAIT_FOR_CLIENTS | take no new clients; stop when the last has left
      """;

  private Help() {}

  static Reply.Table table() {
    Sheet sheet = new Sheet(Sheet.columns("command text, meaning text"));
    TEXT.lines()
        .forEach(
            line -> {
              int bar = line.indexOf('|');
              sheet.row(line.substring(0, bar).strip(), line.substring(bar + 1).strip());
            });
    return sheet.show();
  }
}
