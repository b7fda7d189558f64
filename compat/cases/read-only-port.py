"""At the read-only port nothing is written, whatever a client sends, and everything is answered."""

import threading

from case import HOWDAH, READ_ONLY, check, connect, dsn, ports, primary, run, superuser, until

STATEMENTS = (
    "SELECT pg_is_in_recovery()",
    "INSERT INTO case_ro VALUES (1)",
    "SHOW work_mem",
    "SET work_mem = '5MB'",
    "BEGIN; INSERT INTO case_ro VALUES (2); COMMIT",
    "CREATE TABLE case_ro_more (i int)",
    "SELECT nextval('case_ro_seq')",
    "SELECT * FROM case_ro FOR UPDATE",
)


def bounded(port, sql):
    """What a statement is answered with, on a thread that may wait for ever."""
    answer = ["no answer"]
    connection = connect(port)
    thread = threading.Thread(target=lambda: answer.__setitem__(0, run(connection, sql)), daemon=True)
    thread.start()
    thread.join(20)
    return answer[0]


server = superuser(primary(), "demo")
run(server, "DROP TABLE IF EXISTS case_ro, case_ro_more")
run(server, "DROP SEQUENCE IF EXISTS case_ro_seq")
run(server, "CREATE TABLE case_ro (i int)")
run(server, "CREATE SEQUENCE case_ro_seq")
run(server, "GRANT ALL ON case_ro, case_ro_seq TO demo")
replica = ports("replica")[0]
until(lambda: run(superuser(replica, "demo"), "SELECT to_regclass('case_ro_seq') IS NOT NULL") == [(True,)])
for sql in STATEMENTS:
    check(sql, bounded(replica, sql), bounded(READ_ONLY, sql))
check("rows that came to the primary", [(0,)], run(server, "SELECT count(*) FROM case_ro"))
run(server, "DROP TABLE case_ro")
run(server, "DROP SEQUENCE case_ro_seq")
