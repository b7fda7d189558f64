"""What one server has of itself (prepared transactions, locks, counters) is told of the primary, as without replicas."""

from case import HOWDAH, check, connect, primary, run, superuser, until


def asked(port, sql):
    """Several times: replicas would take turns."""
    return [run(connect(port), sql) for _ in range(4)]


server = primary()
here = connect(server)
run(here, "CREATE TABLE IF NOT EXISTS case_node (i int)")
settings = run(superuser(server), "SHOW max_prepared_transactions")
if settings != [("0",)]:
    run(here, "BEGIN")
    run(here, "INSERT INTO case_node VALUES (1)")
    run(here, "PREPARE TRANSACTION 'case-gid'")
    recover = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
    check("prepared transactions", asked(server, recover), asked(HOWDAH, recover))
    run(here, "ROLLBACK PREPARED 'case-gid'")

holder = connect(HOWDAH)
run(holder, "SELECT pg_advisory_lock(424242)")
locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 424242"
check("a lock of a client of Howdah's", asked(server, locks), asked(HOWDAH, locks))
run(holder, "SELECT pg_advisory_unlock(424242)")

run(here, "INSERT INTO case_node SELECT generate_series(1, 500)")
run(here, "SELECT pg_stat_force_next_flush()")
counters = "SELECT n_tup_ins > 0 FROM pg_stat_user_tables WHERE relname = 'case_node'"
until(lambda: run(here, counters) == [(True,)])
check("counters of a table", asked(server, counters), asked(HOWDAH, counters))

run(here, "CREATE SEQUENCE IF NOT EXISTS case_sequence")
run(here, "SELECT nextval('case_sequence')")
values = "SELECT last_value FROM pg_sequences WHERE sequencename = 'case_sequence'"
check("the value of a sequence", asked(server, values), asked(HOWDAH, values))
run(here, "DROP SEQUENCE case_sequence")
run(here, "DROP TABLE case_node")
