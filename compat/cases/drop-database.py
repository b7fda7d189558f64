"""DROP, RENAME and CREATE … TEMPLATE of a database whose clients have gone, as frameworks do between two tests.

The statements come through Howdah, so that it knows of them.
"""

import psycopg2

from case import HOWDAH, check, connect, dsn, primary, run, superuser

NAMES = ("case_db", "case_db2", "case_db3")
STATEMENTS = (
    "CREATE DATABASE case_db2 TEMPLATE case_db",
    "ALTER DATABASE case_db RENAME TO case_db3",
    "DROP DATABASE case_db3",
    "DROP DATABASE case_db2 WITH (FORCE)",
)
server = superuser(primary())
run(server, "ALTER ROLE demo CREATEDB")


def clear():
    for name in NAMES:
        run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def use(port, name):
    client = connect(port, db=name)
    run(client, "CREATE TABLE IF NOT EXISTS t (i int)")
    run(client, "SELECT 1")
    client.close()


def outcomes(port):
    clear()
    run(server, "CREATE DATABASE case_db OWNER demo")
    use(port, "case_db")
    client = connect(port)
    found = []
    for sql in STATEMENTS:
        found.append(run(client, sql))
        if sql.startswith("CREATE"):
            use(port, "case_db2")
    clear()
    return found


expected, found = outcomes(server.info.port), outcomes(HOWDAH)
for sql, direct, through in zip(STATEMENTS, expected, found):
    check(sql, direct, through)
run(server, "ALTER ROLE demo NOCREATEDB")
