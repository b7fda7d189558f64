"""Units behind an interval, numbers, long names, temp_buffers: a session has what PostgreSQL made of its SET."""

from case import HOWDAH, check, connect, primary, run

PRIMARY = "/* howdah: primary */ "
LONG = "x" * 70
SAID = {
    "SET TIME ZONE INTERVAL '-7' HOUR": "SHOW timezone",
    "SET TIME ZONE INTERVAL '90' MINUTE": "SHOW timezone",
    "SET TIME ZONE INTERVAL '-07:30' HOUR TO MINUTE": "SHOW timezone",
    "SET app.n = 007": "SHOW app.n",
    "SET app.n = -007.50": "SHOW app.n",
    "SET app.n = 1_000_000_000_000": "SHOW app.n",
    f"SET app.{LONG} = {LONG}": f"SHOW app.{LONG}",
    'SET U&"app"."n" = U&"gr\\00fc\\00df"': "SHOW app.n",
}


def elsewhere(port, said, shown):
    """What the session has once another has kept its first connection for a transaction."""
    one, other = connect(port), connect(port)
    run(one, said)
    run(other, "BEGIN")
    run(other, "SELECT 1")
    found = run(one, PRIMARY + shown)
    run(other, "COMMIT")
    one.close()
    other.close()
    return found


def buffers(port):
    """One client uses a temporary table and leaves; another then sets temp_buffers."""
    one = connect(port)
    run(one, "CREATE TEMP TABLE t (i int); INSERT INTO t VALUES (1); DROP TABLE t")
    one.close()
    other = connect(port)
    return [run(other, "SET temp_buffers = '32MB'"), run(other, "SHOW temp_buffers")]


direct = primary()
for said, shown in SAID.items():
    check(said[:60], elsewhere(direct, said, shown), elsewhere(HOWDAH, said, shown))
run(connect(HOWDAH, db="howdah"), "RECONNECT")
check("temp_buffers", buffers(direct), buffers(HOWDAH))
