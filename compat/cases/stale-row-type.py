"""A statement is prepared and described, then its rows get another type. Who goes on to read rows by the type that it
was told gets none of the other: PostgreSQL refuses (0A000), so that a driver prepares anew. So do portals with formats
for columns that are gone."""

import struct

from case import HOWDAH, Wire, check, connect, primary, run, sqlstate

PRIMARY = "/* howdah: primary */ "
CHANGES = {
    "another type": "ALTER TABLE {0} ALTER v TYPE float8",
    "one column more": "ALTER TABLE {0} ADD COLUMN u int",
    "a table made anew": "DROP TABLE {0}; CREATE TABLE {0} AS SELECT 42::text AS v",
}


def heard(port, change):
    table = "stale_row"
    owner = connect(primary())
    run(owner, f"DROP TABLE IF EXISTS {table}")
    run(owner, f"CREATE TABLE {table} AS SELECT 42::int8 AS v")
    client = Wire(port)
    client.say("P", "s", f"{PRIMARY}SELECT * FROM {table}", struct.pack("!h", 0))
    client.say("D", b"S", "s")
    client.sync()
    results = []
    # These keep the server connections that have the statement.
    others = [connect(port) for _ in range(3)]
    run(owner, change.format(table))
    for other in others:
        client.bind("s")
        results += [sqlstate(body) if kind == "E" else body for kind, body in client.sync() if kind in "DE"]
        run(other, "BEGIN")
        run(other, PRIMARY + "SELECT 1")
    for other in others:
        run(other, "ROLLBACK")
    client.say("C", b"S", "s")
    client.say("P", "s", f"{PRIMARY}SELECT * FROM {table}", struct.pack("!h", 0))
    client.say("D", b"S", "s")
    client.bind("s")
    results += [sqlstate(body) if kind == "E" else body for kind, body in client.sync() if kind in "DE"]
    client.close()
    run(owner, f"DROP TABLE {table}")
    return results


for name, change in CHANGES.items():
    direct = heard(primary(), change)
    check(name + ": refused, and then told", ["0A000"] * 3, direct[:3])
    found = heard(HOWDAH, change)
    check(name + ": refused as long as it is not prepared anew", direct[:3], found[:3])


def dropped(port):
    table = "stale_row"
    owner = connect(primary())
    run(owner, f"DROP TABLE IF EXISTS {table}")
    run(owner, f"CREATE TABLE {table} AS SELECT 42::int8 AS v, 1 AS u")
    client, other = Wire(port), connect(port)
    client.say("P", "s", f"{PRIMARY}SELECT * FROM {table}", struct.pack("!h", 0))
    client.say("D", b"S", "s")
    client.sync()
    run(owner, f"ALTER TABLE {table} DROP COLUMN u")
    run(other, "BEGIN")
    run(other, PRIMARY + "SELECT 1")
    client.say("B", "", "s", struct.pack("!hhhhh", 0, 0, 2, 1, 1))
    client.say("E", "", struct.pack("!i", 0))
    results = [sqlstate(body) if kind == "E" else kind for kind, body in client.sync()]
    client.close()
    run(owner, f"DROP TABLE {table}")
    return results


check("formats for a column that is gone", dropped(primary()), dropped(HOWDAH))
