"""A reading list on psycopg 3: server-side parameters, pipelines, automatically prepared statements."""

import asyncio
import datetime
import enum
import ipaddress
import threading
import time

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row
from psycopg.types.enum import EnumInfo, register_enum
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

import check

SCHEMA = """
CREATE TYPE state AS ENUM ('open', 'read');
CREATE TABLE book (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  state state NOT NULL DEFAULT 'open',
  pages int4range,
  seen_from inet,
  notes jsonb,
  scores float8[],
  cover bytea,
  added timestamptz NOT NULL DEFAULT now(),
  UNIQUE (title));
CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, worker int, turn int);
"""


def schema(c):
    # Several statements in one string, in one transaction, behind a lock of the transaction.
    with psycopg.connect() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('migrations'))")
        connection.execute(SCHEMA)
    with psycopg.connect() as connection:
        c.equal(connection.execute("SELECT count(*) FROM book").fetchone(), (0,), "the schema is there")


class State(enum.Enum):
    open = "open"
    read = "read"


class Book:
    def __init__(self, id, title, added):
        self.id, self.title, self.added = id, title, added


def types(c):
    added = datetime.datetime(2001, 9, 9, 1, 46, 40, tzinfo=datetime.timezone.utc)
    values = ("Ünïcode ⟶ 🐘", Range(1, 300), ipaddress.ip_address("10.1.2.3"), Jsonb({"a": [1, 2.5, None, "x"]}),
              [1.5, float("inf"), None], bytes(range(256)), added)
    for binary in (False, True):
        with psycopg.connect(row_factory=dict_row) as connection:
            # Looks the type up in the catalog.
            register_enum(EnumInfo.fetch(connection, "state"), connection, State)
            connection.execute("DELETE FROM book")
            with connection.cursor(binary=binary) as cursor:
                cursor.execute(
                    "INSERT INTO book (title, pages, seen_from, notes, scores, cover, added)"
                    " VALUES (%b, %s, %s, %s, %s, %b, %s) RETURNING *", values)
                row = cursor.fetchone()
            c.equal(row["title"], values[0], "text")
            c.equal(row["pages"], values[1], "range")
            c.equal(row["seen_from"], values[2], "inet")
            c.equal(row["notes"], {"a": [1, 2.5, None, "x"]}, "jsonb")
            c.equal(row["scores"], values[4], "float8[]")
            c.equal(row["cover"], values[5], "bytea")
            c.equal(row["added"], added, "timestamptz")
            c.equal(row["state"], State.open, "enum")
    with psycopg.connect() as connection, connection.cursor(row_factory=class_row(Book)) as cursor:
        book = cursor.execute("SELECT id, title, added FROM book").fetchone()
        c.equal((book.title, book.added), (values[0], added), "a row as an object")


def prepared(c):
    """Five executions make psycopg prepare; a DDL in between makes the plan stale."""
    connection = psycopg.connect(autocommit=True)
    for n in range(30):
        c.equal(connection.execute("SELECT %s::int + 1", (n,)).fetchone(), (n + 1,), "a statement that gets prepared")
    for n in range(150):
        c.equal(connection.execute(f"SELECT {n}, %s::text", ("x",), prepare=True).fetchone(), (n, "x"), "many statements")
    connection.prepare_threshold = 0
    connection.prepared_max = 4
    for n in range(40):
        c.equal(connection.execute(f"SELECT {n % 10} + %s::int", (1,)).fetchone(), (n % 10 + 1,), "statements that give way")
    # What a schema change does to prepared statements: psycopg drops all of its own by DEALLOCATE ALL.
    connection.prepared_max = 100
    connection.execute("CREATE TABLE change (a int)")
    connection.execute("INSERT INTO change VALUES (1)")
    for _ in range(8):
        c.equal(connection.execute("SELECT a FROM change WHERE a = %s", (1,)).fetchone(), (1,), "before the change")
    connection.execute("DROP TABLE change")
    connection.execute("CREATE TABLE change (a int, b text)")
    connection.execute("INSERT INTO change VALUES (1, 'b')")
    for _ in range(8):
        c.equal(connection.execute("SELECT a FROM change WHERE a = %s", (1,)).fetchone(), (1,), "after the change")
    with connection.transaction():
        c.equal(connection.execute("SELECT a FROM change WHERE a = %s", (1,)).fetchone(), (1,), "in a transaction")
    connection.execute("DEALLOCATE ALL")
    connection.close()


def transactions(c):
    with psycopg.connect() as connection:
        with connection.transaction():
            connection.execute("INSERT INTO book (title) VALUES ('outer')")
            try:
                with connection.transaction():
                    connection.execute("INSERT INTO book (title) VALUES ('inner')")
                    connection.execute("INSERT INTO book (title) VALUES ('outer')")
            except psycopg.errors.UniqueViolation as error:
                c.equal(error.diag.constraint_name, "book_title_key", "diagnostics of an error")
            with connection.transaction("named") as named:
                connection.execute("INSERT INTO book (title) VALUES ('second')")
                raise psycopg.Rollback(named)
        titles = connection.execute("SELECT title FROM book WHERE title IN ('outer', 'inner', 'second')").fetchall()
        c.equal(titles, [("outer",)], "nested transactions")
    connection = psycopg.connect()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    c.equal(connection.execute("SHOW transaction_isolation").fetchone(), ("repeatable read",), "isolation level")
    c.fails("25006", lambda: connection.execute("DELETE FROM book"), "read only")
    connection.rollback()
    connection.close()


def pipelines(c):
    connection = psycopg.connect(autocommit=True)
    with connection.pipeline():
        cursors = [connection.execute("SELECT %s::int * 2", (n,)) for n in range(200)]
        c.equal([cursor.fetchone()[0] for cursor in cursors], [2 * n for n in range(200)], "a pipeline")
    try:
        with connection.pipeline() as pipeline:
            one = connection.execute("SELECT 1")
            pipeline.sync()
            connection.execute("SELECT 1 / %s::int", (0,))
            connection.execute("INSERT INTO log (worker) VALUES (-3)")
        c.true(False, "an error in a pipeline is told")
    except psycopg.errors.DivisionByZero as error:
        c.equal(error.sqlstate, "22012", "an error in a pipeline")
    c.equal(one.fetchone(), (1,), "what stood before the error")
    c.equal(connection.execute("SELECT count(*) FROM log WHERE worker = -3").fetchone(), (0,), "what stood behind it")
    c.equal(connection.execute("SELECT 3").fetchone(), (3,), "after the pipeline")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO log (worker, turn) VALUES (%s, %s) RETURNING turn",
                           [(-1, n) for n in range(300)], returning=True)
        turns = []
        while True:
            turns.append(cursor.fetchone()[0])
            if not cursor.nextset():
                break
        c.equal(turns, list(range(300)), "executemany in batches")
    connection.close()


def copying(c):
    rows = [(n, f"title {n}\t\n\\", None if n % 3 else datetime.date(2024, 1, 1 + n % 28)) for n in range(10000)]
    with psycopg.connect() as connection:
        connection.execute("CREATE TEMP TABLE upload (id int4, title text, day date) ON COMMIT DROP")
        with connection.cursor() as cursor:
            with cursor.copy("COPY upload FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["int4", "text", "date"])
                for row in rows:
                    copy.write_row(row)
            c.equal(cursor.rowcount, 10000, "COPY in, binary")
            with cursor.copy("COPY (SELECT * FROM upload ORDER BY id) TO STDOUT") as copy:
                copy.set_types(["int4", "text", "date"])
                c.equal(list(copy.rows()), rows, "COPY out, text")
    with psycopg.connect() as connection, connection.cursor() as cursor:
        def broken():
            with cursor.copy("COPY log (worker) FROM STDIN") as copy:
                copy.write_row((-2,))
                raise KeyError("the reader broke")
        c.fails("57014", broken, "COPY broken off by the client")
        connection.rollback()
        c.equal(cursor.execute("SELECT count(*) FROM log WHERE worker = -2").fetchone(), (0,), "nothing came of it")


def cursors(c):
    with psycopg.connect() as connection:
        with connection.cursor(name="server side") as cursor:
            cursor.itersize = 100
            cursor.execute("SELECT n FROM generate_series(1, %s) n", (5000,))
            c.equal(sum(n for (n,) in cursor), 12502500, "a server-side cursor")
        with connection.cursor() as cursor:
            c.equal(sum(n for (n,) in cursor.stream("SELECT generate_series(1, 5000)")), 12502500, "row by row")
        with connection.cursor(name="held", scrollable=True, withhold=True) as cursor:
            cursor.execute("SELECT generate_series(1, 100)")
            connection.commit()
            cursor.scroll(49)
            c.equal(cursor.fetchone(), (50,), "a cursor beyond its transaction")
        connection.commit()


def sessions(c):
    connection = psycopg.connect(options="-c timezone=America/New_York", application_name="reader")
    connection.autocommit = True
    connection.execute("CREATE SCHEMA shelf")
    connection.execute("SET search_path TO shelf, public")
    connection.execute("CREATE TABLE log (only_here int)")
    for _ in range(5):
        c.equal(connection.execute("SELECT count(only_here) FROM log").fetchone(), (0,), "search_path")
        c.equal(str(connection.info.timezone), "America/New_York", "the time zone as the driver knows it")
        c.equal(connection.execute("SELECT '2024-07-01 00:00+00'::timestamptz").fetchone()[0].utcoffset(),
                datetime.timedelta(hours=-4), "the time zone")
    connection.execute(sql.SQL("SELECT set_config('app.tenant', {}, false)").format(sql.Literal("tenant 7")))
    c.equal(connection.execute("SELECT current_setting('app.tenant')").fetchone(), ("tenant 7",), "a setting of our own")
    c.equal(connection.info.parameter_status("application_name"), "reader", "application_name as reported")
    connection.execute("DROP SCHEMA shelf CASCADE")
    connection.close()


def notifications(c):
    listener = psycopg.connect(autocommit=True)
    listener.execute("LISTEN readers")
    heard = []

    def hear():
        for notification in listener.notifies():
            heard.append(notification.payload)
            if notification.payload == "9":
                return

    thread = threading.Thread(target=hear, daemon=True)
    thread.start()
    with psycopg.connect(autocommit=True) as sender:
        for n in range(10):
            sender.execute("SELECT pg_notify('readers', %s)", (str(n),))
    thread.join(20)
    c.equal(heard, [str(n) for n in range(10)], "notifications in order")
    listener.close()


def cancelling(c):
    connection = psycopg.connect(autocommit=True)
    threading.Timer(0.3, connection.cancel).start()
    c.fails("57014", lambda: connection.execute("SELECT pg_sleep(30)"), "cancel")
    connection.execute("SET statement_timeout = 100")
    c.fails("57014", lambda: connection.execute("SELECT pg_sleep(30)"), "statement_timeout")
    c.equal(connection.execute("SELECT 1").fetchone(), (1,), "the session goes on")
    connection.close()


def crowd(c):
    async def work(number):
        async with await psycopg.AsyncConnection.connect(application_name=f"w{number}") as connection:
            for turn in range(20):
                async with connection.transaction():
                    await connection.execute("INSERT INTO log (worker, turn) VALUES (%s, %s)", (number, turn))
                    cursor = await connection.execute(
                        "SELECT count(*), current_setting('application_name') FROM log WHERE worker = %s", (number,))
                    assert await cursor.fetchone() == (turn + 1, f"w{number}"), f"worker {number} at turn {turn}"
                await asyncio.sleep(0)

    async def all_workers():
        await asyncio.gather(*(work(n) for n in range(check.workers())))

    asyncio.run(all_workers())
    with psycopg.connect() as connection:
        count = connection.execute("SELECT count(*), count(DISTINCT worker) FROM log WHERE worker >= 0").fetchone()
    c.equal(count, (20 * check.workers(), check.workers()), "what the crowd wrote")


def main(c):
    for part in (schema, types, prepared, transactions, pipelines, copying, cursors, sessions, notifications,
                 cancelling, crowd):
        print(part.__name__, flush=True)
        part(c)


check.run("psycopg", main)
