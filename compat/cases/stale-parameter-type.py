"""A statement is prepared and described, then a column gets another type. Who goes on to bind by the type that it was
told stores what it meant, on whichever server connection: PostgreSQL keeps a parameter's type for as long as the
prepared statement lives."""

import struct

from case import HOWDAH, Wire, check, connect, primary, run

VALUE = 4711


def stored(port, table):
    owner = connect(primary())
    run(owner, f"DROP TABLE IF EXISTS {table}")
    run(owner, f"CREATE TABLE {table} (v int8)")
    client, other = Wire(port), connect(port)
    client.say("P", "s", f"INSERT INTO {table} VALUES ($1)", struct.pack("!h", 0))
    client.say("D", b"S", "s")
    told = next(body for kind, body in client.sync() if kind == "t")
    results = [struct.unpack("!hi", told)]
    for _ in range(3):
        for kind in ("float8", "numeric", "int8"):
            run(owner, f"ALTER TABLE {table} ALTER v TYPE {kind}")
            # The other keeps one server connection, so that the next is one that lacks the statement.
            run(other, "BEGIN")
            run(other, "/* howdah: primary */ SELECT 1")
            client.bind("s", struct.pack("!q", VALUE))
            results += [kind if kind != "E" else body for kind, body in client.sync() if kind in "CE"]
            run(other, "ROLLBACK")
    client.close()
    results += run(owner, f"SELECT v::text, count(*) FROM {table} GROUP BY 1")
    run(owner, f"DROP TABLE {table}")
    return results


direct = stored(primary(), "stale_parameter")
check("a parameter keeps the type that was told", direct, stored(HOWDAH, "stale_parameter"))
check("what was meant is stored", (str(VALUE), 9), direct[-1])
