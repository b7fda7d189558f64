"""A message queue on asyncpg: extended protocol only, a statement cache, binary everywhere."""

import asyncio
import datetime
import decimal
import json
import uuid

import asyncpg

import check

MIGRATION = """
CREATE TYPE address AS (street text, number int);
CREATE TABLE job (
  id bigserial PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  payload jsonb NOT NULL,
  amount numeric(20, 4),
  labels text[] NOT NULL DEFAULT '{}',
  matrix int[][],
  home address,
  wait interval,
  raw bytea,
  due timestamptz NOT NULL DEFAULT now(),
  done_by int);
"""


async def prepare_connection(connection):
    """As applications do for each connection of the pool."""
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    await connection.execute("SET TIME ZONE 'Europe/Vienna'")
    await connection.execute("SET search_path TO queue, public")


async def migrate(c):
    connection = await asyncpg.connect()
    await connection.execute("SELECT pg_advisory_lock(99)")
    await connection.execute("CREATE SCHEMA queue")
    await connection.execute("SET search_path TO queue")
    async with connection.transaction():
        await connection.execute(MIGRATION)
    c.equal(await connection.fetchval("SELECT pg_advisory_unlock(99)"), True, "the migration lock")
    await connection.close()


async def types(c, pool):
    key = uuid.uuid4()
    due = datetime.datetime(2030, 1, 1, 12, 30, tzinfo=datetime.timezone.utc)
    values = (key, {"k": ["ä", None, 1]}, decimal.Decimal("12345678901234.5678"), ["x", 'y"', None],
              [[1, 2], [3, 4]], ("Main", 7), datetime.timedelta(days=1, hours=2), bytes(range(256)), due)
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            "INSERT INTO job (key, payload, amount, labels, matrix, home, wait, raw, due)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " RETURNING key, payload, amount, labels, matrix, home, wait, raw, due", *values)
        for name, expected in zip(row.keys(), values):
            c.equal(row[name], expected, name)
        c.equal(await connection.fetchval("SELECT to_char(due, 'HH24:MI TZ') FROM job"), "13:30 CET",
                "the time zone of the session")


async def statements(c, pool):
    async with pool.acquire() as connection:
        statement = await connection.prepare("SELECT $1::int * 2 AS twice, now() IS NOT NULL AS ok")
        c.equal([a.name for a in statement.get_attributes()], ["twice", "ok"], "a described statement")
        for n in range(50):
            c.equal(await statement.fetchval(n), 2 * n, "a prepared statement")
            await connection.execute("SELECT 1")
        for n in range(150):  # more than the driver's cache of 100 holds
            c.equal(await connection.fetchval(f"SELECT {n} + $1::int", 1), n + 1, "the statement cache")
        await connection.executemany("INSERT INTO job (key, payload) VALUES ($1, $2)",
                                     [(uuid.uuid4(), {"n": n}) for n in range(500)])
        c.equal(await connection.fetchval("SELECT count(*) FROM job WHERE payload ? 'n'"), 500, "executemany")
        plan = await statement.explain(5)
        c.true(plan[0]["Plan"], "EXPLAIN of a prepared statement")


async def errors(c, pool):
    async with pool.acquire() as connection:
        key = uuid.uuid4()
        async with connection.transaction():
            await connection.execute("INSERT INTO job (key, payload) VALUES ($1, '1')", key)
            try:
                async with connection.transaction():
                    await connection.execute("INSERT INTO job (key, payload) VALUES ($1, '2')", key)
            except asyncpg.UniqueViolationError as error:
                c.equal((error.sqlstate, error.constraint_name), ("23505", "job_key_key"), "unique violation")
            await connection.execute("UPDATE job SET done_by = -1 WHERE key = $1", key)
        c.equal(await connection.fetchval("SELECT done_by FROM job WHERE key = $1", key), -1, "beyond the savepoint")
        try:
            async with connection.transaction(isolation="serializable", readonly=True, deferrable=True):
                await connection.execute("DELETE FROM job")
        except asyncpg.ReadOnlySQLTransactionError as error:
            c.equal(error.sqlstate, "25006", "read only")
        try:
            await connection.fetchval("SELECT 1 / $1::int", 0)
        except asyncpg.DivisionByZeroError as error:
            c.equal(error.sqlstate, "22012", "division by zero")
        c.equal(await connection.fetchval("SELECT 1"), 1, "after errors")


async def schema_change(c, pool):
    """The driver forgets its statement after a change of the table and prepares anew by itself."""
    async with pool.acquire() as connection:
        await connection.execute("CREATE TABLE shape (a int)")
        await connection.execute("INSERT INTO shape VALUES (1)")
        for _ in range(3):
            c.equal(tuple(await connection.fetchrow("SELECT * FROM shape")), (1,), "before the change")
        await connection.execute("ALTER TABLE shape ADD COLUMN b text DEFAULT 'new'")
        c.equal(tuple(await connection.fetchrow("SELECT * FROM shape")), (1, "new"), "after the change")
        await connection.execute("DROP TABLE shape")


async def cursors(c, pool):
    async with pool.acquire() as connection:
        async with connection.transaction():
            total = 0
            async for record in connection.cursor("SELECT generate_series(1, $1::int) AS n", 3000, prefetch=70):
                total += record["n"]
            c.equal(total, 4501500, "a cursor of portals")
            cursor = await connection.cursor("SELECT n FROM generate_series(1, 100) n")
            await cursor.forward(10)
            c.equal([r["n"] for r in await cursor.fetch(3)], [11, 12, 13], "forward and fetch")


async def copying(c, pool):
    rows = [(uuid.uuid4(), json.dumps({"copied": n}), None) for n in range(5000)]
    async with pool.acquire() as connection:
        await connection.reset_type_codec("jsonb", schema="pg_catalog")
        await connection.execute("CREATE TEMP TABLE upload (key uuid, payload text, nothing int)")
        c.equal(await connection.copy_records_to_table("upload", records=rows), "COPY 5000", "COPY in")
        chunks = []

        async def write(data):
            chunks.append(bytes(data))

        await connection.copy_from_query("SELECT key FROM upload WHERE nothing IS NULL", output=write, format="csv")
        c.equal(sorted(b"".join(chunks).decode().split()), sorted(str(r[0]) for r in rows), "COPY out")
        try:
            await connection.copy_records_to_table("upload", records=[(uuid.uuid4(), "x", "no number")])
        except Exception as error:
            c.true(error, "COPY of rubbish")
        c.equal(await connection.fetchval("SELECT count(*) FROM upload"), 5000, "the temporary table is still there")


async def timeouts(c, pool):
    async with pool.acquire() as connection:
        try:
            await connection.fetchval("SELECT pg_sleep(30)", timeout=0.3)
            c.true(False, "a timeout of the driver")
        except asyncio.TimeoutError:
            c.equal(await connection.fetchval("SELECT 7"), 7, "after the driver's cancel")
        await connection.execute("SET statement_timeout = '100ms'")
        try:
            await connection.fetchval("SELECT pg_sleep(30)")
        except asyncpg.QueryCanceledError as error:
            c.equal(error.sqlstate, "57014", "statement_timeout")


async def notifications(c, pool):
    heard = asyncio.Queue()
    listener = await asyncpg.connect()
    await listener.add_listener("jobs", lambda *a: heard.put_nowait(a[3]))
    async with pool.acquire() as connection:
        async with connection.transaction():
            for n in range(10):
                await connection.execute("SELECT pg_notify('jobs', $1)", str(n))
    c.equal([await asyncio.wait_for(heard.get(), 20) for _ in range(10)], [str(n) for n in range(10)],
            "notifications in order")
    await listener.close()


async def crowd(c, pool):
    """Workers that take jobs from the queue with SKIP LOCKED until there are none."""
    await pool.execute("UPDATE queue.job SET done_by = NULL")
    jobs = await pool.fetchval("SELECT count(*) FROM queue.job")

    async def work(number):
        taken = 0
        while True:
            async with pool.acquire() as connection:
                async with connection.transaction():
                    job = await connection.fetchrow(
                        "SELECT id FROM job WHERE done_by IS NULL ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1")
                    if job is None:
                        break
                    await connection.execute("UPDATE job SET done_by = $1 WHERE id = $2", number, job["id"])
                    zone = await connection.fetchval("SHOW timezone")
                    assert zone == "Europe/Vienna", zone
                    taken += 1
        return taken

    taken = await asyncio.gather(*(work(n) for n in range(check.workers())))
    c.equal(sum(taken), jobs, "each job was taken once")
    c.equal(await pool.fetchval("SELECT count(*) FROM queue.job WHERE done_by IS NULL"), 0, "no job is left")


async def application(c):
    await migrate(c)
    async with asyncpg.create_pool(min_size=1, max_size=check.workers(), init=prepare_connection,
                                   setup=prepare_connection) as pool:
        for part in (types, statements, errors, schema_change, cursors, copying, timeouts, notifications, crowd):
            print(part.__name__, flush=True)
            await part(c, pool)


check.run("asyncpg", lambda c: asyncio.run(application(c)))
