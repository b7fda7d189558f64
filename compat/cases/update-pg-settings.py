"""UPDATE pg_settings is a SET: its session keeps the value, and no other client meets it."""

from case import HOWDAH, check, connect, primary, run

PRIMARY = "/* howdah: primary */ "
UPDATES = [
    "UPDATE pg_settings SET setting = 'Asia/Tokyo' WHERE name ILIKE 'timezone'",
    'UPDATE pg_catalog."pg_settings" AS s SET setting = \'Asia/Tokyo\' WHERE s.name = \'TimeZone\'',
    "WITH a AS (SELECT 'TimeZone' AS n) UPDATE pg_settings SET setting = 'Asia/Tokyo' FROM a WHERE name = n",
    "EXPLAIN ANALYZE UPDATE pg_settings SET setting = 'Asia/Tokyo' WHERE name = 'TimeZone'",
    "BEGIN; SAVEPOINT s; UPDATE pg_settings SET setting = 'Asia/Tokyo' WHERE name = 'TimeZone'; COMMIT",
]


def seen(port, update):
    one, other = connect(port), connect(port)
    run(one, update)
    return {"another client": run(other, PRIMARY + "SHOW timezone"), "its own": run(one, "SHOW timezone")}


def write_of_another(port):
    one, other = connect(port), connect(port)
    run(other, "CREATE TABLE IF NOT EXISTS case_settings (i int)")
    run(one, "UPDATE pg_settings SET setting = 'on' WHERE name = 'default_transaction_read_only'")
    return run(other, "INSERT INTO case_settings VALUES (1)"), run(one, "INSERT INTO case_settings VALUES (1)")


server = primary()
for update in UPDATES:
    run(connect(HOWDAH, db="howdah"), "RECONNECT")
    check(update, seen(server, update), seen(HOWDAH, update))
run(connect(HOWDAH, db="howdah"), "RECONNECT")
check("read only by UPDATE", write_of_another(server), write_of_another(HOWDAH))
run(connect(server), "DROP TABLE case_settings")
