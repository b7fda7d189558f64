"""A stock room on psycopg2: the driver that most of Python uses, in the simple protocol."""

import datetime
import decimal
import io
import select
import threading
import time
import uuid

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool

import check

MIGRATIONS = [
    """CREATE TABLE item (
         id bigserial PRIMARY KEY,
         sku text NOT NULL UNIQUE,
         price numeric(10, 2) NOT NULL CHECK (price >= 0),
         tags text[] NOT NULL DEFAULT '{}',
         details jsonb,
         picture bytea,
         code uuid,
         added timestamptz NOT NULL DEFAULT now())""",
    "CREATE TABLE movement (id bigserial PRIMARY KEY, item bigint REFERENCES item, amount int NOT NULL, worker int)",
    "CREATE INDEX movement_item ON movement (item)",
]


def connect(**more):
    return psycopg2.connect("", application_name="stock", **more)


def migrate(c):
    connection = connect()
    with connection, connection.cursor() as cursor:
        # Held to the end of the session, as migration tools do.
        cursor.execute("SELECT pg_advisory_lock(4711)")
        cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY)")
    for version, statement in enumerate(MIGRATIONS, 1):
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("INSERT INTO schema_version VALUES (%s)", (version,))
    with connect() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(4711)")
        c.equal(cursor.fetchone()[0], False, "the migration lock is held")
    other.close()
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(4711)")
        c.equal(cursor.fetchone()[0], True, "the migration lock is let go")
        cursor.execute("SELECT max(version) FROM schema_version")
        c.equal(cursor.fetchone()[0], len(MIGRATIONS), "all migrations ran")
    connection.close()


def types(c):
    psycopg2.extras.register_uuid()
    connection = connect()
    connection.autocommit = True
    zone = datetime.timezone(datetime.timedelta(hours=2))
    when = datetime.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=zone)
    code = uuid.UUID("12345678-1234-5678-1234-567812345678")
    picture = bytes(range(256)) * 10
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(
            "INSERT INTO item (sku, price, tags, details, picture, code, added)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            ("späte-äpfel", decimal.Decimal("12.50"), ["a", 'b"c', None], psycopg2.extras.Json({"k": [1, None]}),
             psycopg2.Binary(picture), code, when))
        key = cursor.fetchone()["id"]
        cursor.execute("SELECT * FROM item WHERE id = %s", (key,))
        row = cursor.fetchone()
        c.equal(row["sku"], "späte-äpfel", "text")
        c.equal(row["price"], decimal.Decimal("12.50"), "numeric")
        c.equal(row["tags"], ["a", 'b"c', None], "text[]")
        c.equal(row["details"], {"k": [1, None]}, "jsonb")
        c.equal(bytes(row["picture"]), picture, "bytea")
        c.equal(row["code"], code, "uuid")
        c.equal(row["added"], when, "timestamptz")
        cursor.execute("SET TIME ZONE 'Asia/Tokyo'")
        cursor.execute("SELECT added FROM item WHERE id = %s", (key,))
        c.equal(cursor.fetchone()["added"].utcoffset(), datetime.timedelta(hours=9), "the session's time zone")
    connection.close()


def transactions(c):
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("INSERT INTO item (sku, price) VALUES ('kept', 1)")
    cursor.execute("SAVEPOINT attempt")
    c.fails("23505", lambda: cursor.execute("INSERT INTO item (sku, price) VALUES ('kept', 2)"), "unique violation")
    c.fails("25P02", lambda: cursor.execute("SELECT 1"), "a failed transaction")
    cursor.execute("ROLLBACK TO SAVEPOINT attempt")
    cursor.execute("INSERT INTO item (sku, price) VALUES ('after', 3)")
    connection.commit()
    cursor.execute("DELETE FROM item WHERE sku = 'kept'")
    connection.rollback()
    cursor.execute("SELECT count(*) FROM item WHERE sku IN ('kept', 'after')")
    c.equal(cursor.fetchone()[0], 2, "savepoint and rollback")
    c.fails("23514", lambda: cursor.execute("INSERT INTO item (sku, price) VALUES ('negative', -1)"), "check")
    connection.rollback()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
    cursor.execute("SHOW transaction_isolation")
    c.equal(cursor.fetchone()[0], "serializable", "isolation of set_session")
    c.fails("25006", lambda: cursor.execute("DELETE FROM item"), "read only by set_session")
    connection.rollback()
    connection.set_session(isolation_level="DEFAULT", readonly=False)
    connection.autocommit = True
    cursor.execute("UPDATE item SET price = price + 1 WHERE sku = 'kept'")
    c.equal(cursor.rowcount, 1, "row count in autocommit")
    connection.close()

    # Two phases, refused by the server as it is configured: the session goes on.
    connection = connect()
    connection.tpc_begin(connection.xid(1, "gtrid", "bqual"))
    connection.cursor().execute("SELECT 1")
    c.fails("55000", connection.tpc_prepare, "two-phase commit is off")
    connection.tpc_rollback()
    connection.close()


def sessions(c):
    connection = connect(options="-c search_path=private,public -c statement_timeout=5000")
    connection.autocommit = True
    connection.set_client_encoding("LATIN1")
    cursor = connection.cursor()
    cursor.execute("CREATE SCHEMA private")
    cursor.execute("CREATE TABLE item (id int)")
    cursor.execute("INSERT INTO item VALUES (1), (2)")
    for _ in range(5):
        cursor.execute("SELECT count(*) FROM item")
        c.equal(cursor.fetchone()[0], 2, "search_path of the options")
        cursor.execute("SHOW statement_timeout")
        c.equal(cursor.fetchone()[0], "5s", "statement_timeout of the options")
        cursor.execute("SELECT 'ä', current_setting('client_encoding'), current_setting('application_name')")
        c.equal(cursor.fetchone(), ("ä", "LATIN1", "stock"), "client encoding and application name")
    cursor.execute("DROP SCHEMA private CASCADE")
    connection.close()


def cursors(c):
    connection = connect()
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(
            cursor, "INSERT INTO movement (item, amount) VALUES %s",
            [(None, n) for n in range(5000)], page_size=700)
    connection.commit()
    with connection.cursor(name="stream") as cursor:
        cursor.itersize = 333
        cursor.execute("SELECT amount FROM movement ORDER BY id")
        c.equal(sum(row[0] for row in cursor), sum(range(5000)), "a named cursor")
    connection.commit()
    with connection.cursor(name="held", withhold=True, scrollable=True) as cursor:
        cursor.execute("SELECT amount FROM movement ORDER BY id")
        connection.commit()
        cursor.scroll(100, mode="absolute")
        c.equal(cursor.fetchone()[0], 100, "a cursor beyond its transaction")
    connection.commit()
    connection.close()


def copying(c):
    connection = connect()
    with connection, connection.cursor() as cursor:
        text = "".join(f"{n}\tline {n}\\n\t\\N\n" for n in range(20000))
        cursor.execute("CREATE TEMP TABLE upload (id int, text text, nothing text)")
        cursor.copy_expert("COPY upload FROM STDIN", io.StringIO(text))
        c.equal(cursor.rowcount, 20000, "COPY in")
        out = io.StringIO()
        cursor.copy_expert("COPY (SELECT * FROM upload ORDER BY id) TO STDOUT", out)
        c.equal(out.getvalue(), text, "COPY out")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM upload")
        c.equal(cursor.fetchone()[0], 20000, "the temporary table lives past its transaction")
    with connection.cursor() as cursor:
        c.fails("22P02", lambda: cursor.copy_expert("COPY upload FROM STDIN", io.StringIO("x\ty\tz\n")), "COPY of rubbish")
    connection.rollback()
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE upload")
    connection.close()


def prepared(c):
    """psycopg2 has no protocol-level prepared statements; its users write them in SQL."""
    connection = connect()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("PREPARE by_sku (text) AS SELECT price FROM item WHERE sku = $1")
    for _ in range(20):
        cursor.execute("EXECUTE by_sku (%s)", ("after",))
        c.equal(cursor.fetchone()[0], decimal.Decimal("3.00"), "EXECUTE")
    cursor.execute("DEALLOCATE by_sku")
    c.fails("26000", lambda: cursor.execute("EXECUTE by_sku ('after')"), "EXECUTE after DEALLOCATE")
    connection.close()


def notifications(c):
    listener = connect()
    listener.autocommit = True
    listener.cursor().execute("LISTEN stock")
    sender = connect()
    with sender, sender.cursor() as cursor:
        for n in range(10):
            cursor.execute("SELECT pg_notify('stock', %s)", (str(n),))
    sender.close()
    deadline = time.monotonic() + 20
    while len(listener.notifies) < 10 and time.monotonic() < deadline:
        select.select([listener], [], [], 1)
        listener.poll()
    c.equal([n.payload for n in listener.notifies], [str(n) for n in range(10)], "notifications in order")
    listener.close()


def cancelling(c):
    connection = connect()
    connection.autocommit = True
    cursor = connection.cursor()
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    c.fails("57014", lambda: cursor.execute("SELECT pg_sleep(30)"), "cancel")
    timer.join()
    cursor.execute("SET statement_timeout = '100ms'")
    c.fails("57014", lambda: cursor.execute("SELECT pg_sleep(30)"), "statement_timeout")
    cursor.execute("RESET statement_timeout")
    cursor.execute("SELECT 1")
    c.equal(cursor.fetchone()[0], 1, "the session goes on")
    connection.close()


def crowd(c):
    """More workers than server connections, each with settings of its own, from a driver's pool."""
    pool = psycopg2.pool.ThreadedConnectionPool(1, check.workers(), "")
    problems = []

    def work(number):
        try:
            connection = pool.getconn()
            with connection, connection.cursor() as cursor:
                cursor.execute("SET application_name = %s", (f"worker {number}",))
                cursor.execute("SET TIME ZONE INTERVAL '%s' HOUR TO MINUTE" % f"{number % 12:+03d}:00")
            for turn in range(25):
                with connection, connection.cursor() as cursor:
                    cursor.execute("INSERT INTO movement (amount, worker) VALUES (%s, %s)", (turn, number))
                    cursor.execute("SELECT count(*), current_setting('application_name') FROM movement WHERE worker = %s",
                                   (number,))
                    if cursor.fetchone() != (turn + 1, f"worker {number}"):
                        problems.append(f"worker {number} sees another's state at turn {turn}")
                    cursor.execute("SELECT extract(timezone FROM now())::int / 3600")
                    if cursor.fetchone()[0] != number % 12:
                        problems.append(f"worker {number} has another's time zone")
            pool.putconn(connection, close=True)
        except Exception as error:
            problems.append(repr(error))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(check.workers())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    c.equal(problems, [], "a crowd of workers")
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT worker) FROM movement WHERE worker IS NOT NULL")
        c.equal(cursor.fetchone(), (25 * check.workers(), check.workers()), "what the crowd wrote")
    connection.close()


def main(c):
    for part in (migrate, types, transactions, sessions, cursors, copying, prepared, notifications, cancelling, crowd):
        print(part.__name__, flush=True)
        part(c)


check.run("psycopg2", main)
