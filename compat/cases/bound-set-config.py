"""A tenant set by set_config stays with its session, however its name is told, and no other client meets it."""

import psycopg

from case import HOWDAH, check, connect, dsn, primary, run

PRIMARY = "/* howdah: primary */ "
# What was once set on a server connection is empty there afterwards, not NULL.
ASKED = PRIMARY + "SELECT coalesce(nullif(current_setting('app.tenant', true), ''), 'none')"
# The statement and its parameters, which psycopg sends beside it.
CALLS = [
    ("SELECT set_config(%s, %s, %s)", ("app.tenant", "a", False)),
    ("SELECT set_config(%s, %s, false)", ("App.Tenant", "a")),
    ("SELECT set_config(%b, %b, %b)", ("app.tenant", "a", False)),
    ("SELECT set_config('app.tenant', %s, false)", ("a",)),
    ("SELECT set_config('app.' || %s::text, %s, false)", ("tenant", "a")),
    ("SELECT set_config(lower(%s), %s, false)", ("APP.TENANT", "a")),
    ("SELECT set_config(format('%%s.%%s', 'app', %s::text), 'a', false)", ("tenant",)),
    ("SELECT set_config(n, 'a', false) FROM (VALUES (%s)) AS v (n)", ("app.tenant",)),
    ("SELECT set_config(U&'app.\\0074enant', 'a', false)", None),
    ("SELECT set_config(E'app.\\x74enant', 'a', false)", None),
    ("SELECT set_config($$app.tenant$$, 'a', false)", None),
    ("SELECT set_config('app.'\n'tenant', 'a', false)", None),
    ("SELECT set_config(('app.tenant'), ('a'), (false))", None),
    ("EXPLAIN ANALYZE SELECT set_config('app.tenant', 'a', false)", None),
    ("PREPARE p AS SELECT set_config($1, $2, false); EXECUTE p('app.tenant', 'a')", None),
]


def seen(port, call, values):
    with psycopg.connect(dsn(port), autocommit=True) as one, connect(port) as other:
        one.execute(call, values)
        met = run(other, ASKED)
        # A statement of its own in between, so that the session may have changed its connection.
        one.execute("SELECT 1")
        own = one.execute(ASKED).fetchone()[0]
    return {"another client": met, "its own": own, "the next client": run(connect(port), ASKED)}


server = primary()
for call, values in CALLS:
    run(connect(HOWDAH, db="howdah"), "RECONNECT")
    check(" ".join(call.split()), seen(server, call, values), seen(HOWDAH, call, values))
