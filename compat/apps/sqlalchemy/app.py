"""A clinic's calendar on SQLAlchemy, its ORM and its core, with psycopg2 and with asyncpg."""

import asyncio
import datetime
import os
import threading
import uuid

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import check

Base = orm.declarative_base()


class Patient(Base):
    __tablename__ = "patient"
    id = sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    name = sa.Column(sa.Text, nullable=False, unique=True)
    aliases = sa.Column(pg.ARRAY(sa.Text), server_default="{}")
    notes = sa.Column(pg.JSONB)
    scan = sa.Column(sa.LargeBinary)
    key = sa.Column(pg.UUID(as_uuid=True), default=uuid.uuid4)
    version = sa.Column(sa.Integer, nullable=False)
    visits = orm.relationship("Visit", back_populates="patient", cascade="all, delete-orphan", lazy="selectin")
    __mapper_args__ = {"version_id_col": version}


class Visit(Base):
    __tablename__ = "visit"
    id = sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    patient_id = sa.Column(sa.ForeignKey("patient.id"), nullable=False, index=True)
    state = sa.Column(sa.Enum("planned", "done", name="visit_state"), server_default="planned")
    at = sa.Column(sa.DateTime(timezone=True), server_default=sa.func.now())
    fee = sa.Column(sa.Numeric(10, 2))
    patient = orm.relationship("Patient", back_populates="visits")


def url(driver):
    return sa.engine.URL.create(
        f"postgresql+{driver}", os.environ["PGUSER"], os.environ["PGPASSWORD"], os.environ["PGHOST"],
        int(os.environ["PGPORT"]), os.environ["PGDATABASE"])


def engine():
    made = sa.create_engine(url("psycopg2"), pool_size=check.workers(), pool_timeout=60, pool_pre_ping=True, future=True,
                            connect_args={"options": "-c timezone=Europe/Oslo", "application_name": "clinic"})

    @sa.event.listens_for(made, "connect")
    def connected(connection, _):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.commit()

    return made


def crud(c, db):
    at = datetime.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=datetime.timezone.utc)
    with orm.Session(db) as session:
        made = Patient(name="Åse", aliases=["a", 'b"c', None], notes={"k": [1, None]}, scan=bytes(range(256)))
        made.visits = [Visit(at=at, fee="12.50"), Visit(state="done")]
        session.add(made)
        session.commit()
        found = session.execute(sa.select(Patient).where(Patient.name == "Åse")).scalar_one()
        c.equal(found.aliases, ["a", 'b"c', None], "text[]")
        c.equal(found.notes, {"k": [1, None]}, "jsonb")
        c.equal(found.scan, bytes(range(256)), "bytea")
        c.equal(found.visits[0].at, at, "timestamptz")
        c.equal(str(found.visits[0].fee), "12.50", "numeric")
        c.equal([v.state for v in found.visits], ["planned", "done"], "enum")
        session.add_all([Patient(name=f"bulk {n}") for n in range(400)])
        session.commit()
        c.equal(session.scalar(sa.select(sa.func.count()).select_from(Patient)), 401, "many inserts")
        statement = pg.insert(Patient).values(name="Åse", version=1)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_={"notes": {"new": True}})
        session.execute(statement)
        session.commit()
        c.equal(session.get(Patient, made.id, populate_existing=True).notes, {"new": True}, "upsert")
        for n in range(20):
            name = session.scalar(sa.select(Patient.name).where(Patient.name == f"bulk {n}"))
            c.equal(name, f"bulk {n}", "the same query again and again")
        stream = session.execute(sa.select(Patient.name).order_by(Patient.id).execution_options(stream_results=True, yield_per=50))
        c.equal(sum(1 for _ in stream), 401, "a server-side cursor")
    with orm.Session(db) as first, orm.Session(db) as second:
        mine, other = (s.get(Patient, made.id) for s in (first, second))
        mine.notes = {}
        first.commit()
        other.notes = {"late": True}
        try:
            second.commit()
            c.true(False, "a stale version is refused")
        except orm.exc.StaleDataError:
            c.equal(first.get(Patient, made.id).notes, {}, "a stale version")


def transactions(c, db):
    with orm.Session(db) as session:
        session.add(Patient(name="outer"))
        session.flush()
        with session.begin_nested() as savepoint:
            c.fails("23505", lambda: session.execute(sa.insert(Patient).values(name="outer", version=1)), "unique violation")
            savepoint.rollback()
        session.commit()
        session.execute(sa.delete(Patient).where(Patient.name == "outer"))
        session.rollback()
        c.equal(session.scalar(sa.select(sa.func.count()).where(Patient.name == "outer")), 1, "after the rollback")
    with db.connect().execution_options(isolation_level="SERIALIZABLE", postgresql_readonly=True) as connection:
        c.equal(connection.scalar(sa.text("SHOW transaction_isolation")), "serializable", "isolation level")
        c.fails("25006", lambda: connection.execute(sa.delete(Visit)), "read only")
    with db.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM patient"))
        for _ in range(5):
            c.equal(connection.scalar(sa.text("SHOW timezone")), "Europe/Oslo", "the time zone at connect")
            c.equal(connection.scalar(sa.text("SHOW lock_timeout")), "30s", "what the event set")
    with db.begin() as connection:
        scratch = sa.Table("scratch", sa.MetaData(), sa.Column("n", sa.Integer), prefixes=["TEMPORARY"])
        scratch.create(connection)
        connection.execute(scratch.insert(), [{"n": n} for n in range(10)])
        c.equal(connection.scalar(sa.select(sa.func.sum(scratch.c.n))), 45, "a temporary table")
        scratch.drop(connection)


def reflection(c, db):
    inspector = sa.inspect(db)
    c.equal(sorted(inspector.get_table_names()), ["patient", "visit"], "the tables")
    c.equal([k["referred_table"] for k in inspector.get_foreign_keys("visit")], ["patient"], "a foreign key")
    c.equal([column["name"] for column in inspector.get_columns("visit")], ["id", "patient_id", "state", "at", "fee"], "the columns")
    with db.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(12)"))
        connection.execute(sa.text("ALTER TABLE visit ADD COLUMN room text"))
    c.equal(len(sa.inspect(db).get_columns("visit")), 6, "a column more")


def crowd(c, db):
    problems = []

    def work(number):
        try:
            for turn in range(1, 16):
                with orm.Session(db) as session, session.begin():
                    patient = session.scalar(sa.select(Patient).where(Patient.name == f"worker {number}").with_for_update())
                    if patient is None:
                        patient = Patient(name=f"worker {number}")
                        session.add(patient)
                    patient.visits.append(Visit(fee=turn))
                    session.flush()
                    count = session.scalar(sa.select(sa.func.count()).where(Visit.patient_id == patient.id))
                    if count != turn:
                        problems.append(f"worker {number} sees {count} visits at turn {turn}")
        except Exception as error:
            problems.append(repr(error))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(check.workers())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    c.equal(problems, [], "a crowd of workers")


async def asynchronous(c):
    db = create_async_engine(url("asyncpg"), pool_size=check.workers(), pool_timeout=60)

    async def work(number):
        for turn in range(10):
            async with AsyncSession(db) as session, session.begin():
                patient = Patient(name=f"async {number} {turn}", notes={"turn": turn})
                session.add(patient)
                await session.flush()
                async with session.begin_nested() as savepoint:
                    session.add(Visit(patient_id=patient.id))
                    await session.flush()
                    if turn % 2:
                        await savepoint.rollback()
                count = await session.scalar(sa.select(sa.func.count()).where(Visit.patient_id == patient.id))
                assert count == 1 - turn % 2, (number, turn, count)

    await asyncio.gather(*(work(n) for n in range(check.workers())))
    async with AsyncSession(db) as session:
        count = await session.scalar(sa.select(sa.func.count()).where(Patient.name.like("async %")))
        c.equal(count, 10 * check.workers(), "what the crowd on asyncpg wrote")
        names = await session.stream_scalars(sa.select(Patient.name).where(Patient.name.like("async %")))
        c.equal(len([name async for name in names]), count, "a stream of asyncpg's")
    await db.dispose()


def main(c):
    db = engine()
    Base.metadata.create_all(db)
    Base.metadata.create_all(db)
    for part in (crud, transactions, reflection, crowd):
        print(part.__name__, flush=True)
        part(c, db)
    db.dispose()
    print("asynchronous", flush=True)
    asyncio.run(asynchronous(c))


check.run("sqlalchemy", main)
