"""A database that was just made: its first reads do not fail because a replica has not heard of it."""

from case import HOWDAH, check, connect, ports, primary, run, superuser, until

replicas = ports("replica")
server = superuser(primary())


def on_replicas(sql):
    for port in replicas:
        run(superuser(port), sql)


def read(port):
    try:
        return run(connect(port, db="case_new"), "SELECT 1")
    except Exception as error:
        return str(error)


run(server, "DROP DATABASE IF EXISTS case_new WITH (FORCE)")
position = run(server, "SELECT pg_current_wal_flush_lsn()::text")[0][0]
for port in replicas:
    until(lambda: run(superuser(port), f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)])
# What otherwise takes some milliseconds, or seconds.
on_replicas("SELECT pg_wal_replay_pause()")
try:
    run(server, "CREATE DATABASE case_new OWNER demo")
    for turn in range(3):
        check(f"read {turn + 1}", read(server.info.port), read(HOWDAH))
finally:
    on_replicas("SELECT pg_wal_replay_resume()")
run(server, "DROP DATABASE case_new WITH (FORCE)")
