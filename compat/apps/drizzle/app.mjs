// A wish list on Drizzle, over node-postgres and over postgres.js: two drivers with two ideas of the
// protocol, postgres.js sending in pipelines and preparing whatever it is given.

import { createRequire } from 'node:module';
import { eq, like, sql } from 'drizzle-orm';
import { drizzle as overPg } from 'drizzle-orm/node-postgres';
import { drizzle as overPostgres } from 'drizzle-orm/postgres-js';
import { integer, jsonb, pgTable, serial, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import pg from 'pg';
import postgres from 'postgres';

const { run, workers } = createRequire(import.meta.url)('../../check/check.js');

const wishes = pgTable('wish', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  owner: integer('owner'),
  tags: text('tags').array(),
  data: jsonb('data'),
  due: timestamp('due', { withTimezone: true }),
}, (table) => [uniqueIndex('wish_name').on(table.name)]);

const SCHEMA = `CREATE TABLE IF NOT EXISTS wish (id serial PRIMARY KEY, name text NOT NULL, owner int, tags text[], data jsonb,
  due timestamptz); CREATE UNIQUE INDEX IF NOT EXISTS wish_name ON wish (name)`;

async function orm(c, db, kind) {
  await db.delete(wishes);
  const due = new Date('2024-02-29T23:59:59.123Z');
  const [made] = await db.insert(wishes).values({ name: 'naïve 🐘', tags: ['a', 'b"c'], data: { k: [1, null] }, due }).returning();
  c.equal([made.name, made.tags, made.data, made.due], ['naïve 🐘', ['a', 'b"c'], { k: [1, null] }, due], `${kind}: types`);
  await db.insert(wishes).values(Array.from({ length: 300 }, (_, n) => ({ name: `bulk ${n}` })));
  c.equal(await db.$count(wishes, like(wishes.name, 'bulk %')), 300, `${kind}: many inserts`);
  await db.insert(wishes).values({ name: 'bulk 1' }).onConflictDoUpdate({ target: wishes.name, set: { owner: -1 } });
  const byName = db.select().from(wishes).where(eq(wishes.name, sql.placeholder('name'))).prepare('by_name');
  for (let n = 0; n < 30; n++) {
    const [one] = await byName.execute({ name: `bulk ${n}` });
    c.equal(one.owner, n === 1 ? -1 : null, `${kind}: a prepared query`);
  }
  await db.transaction(async (tx) => {
    await tx.insert(wishes).values({ name: 'outer' });
    await tx.transaction(async (inner) => {
      await inner.insert(wishes).values({ name: 'inner' });
      inner.rollback();
    }).catch(() => {});
  });
  c.equal(await db.$count(wishes, sql`name IN ('outer', 'inner')`), 1, `${kind}: a savepoint`);
  await c.fails('23505', () => db.insert(wishes).values({ name: 'outer' }), `${kind}: unique violation`);
  await db.transaction((tx) => tx.execute(sql`SELECT 1`), { isolationLevel: 'serializable', accessMode: 'read only' });
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    for (let turn = 1; turn <= 10; turn++) {
      await db.transaction(async (tx) => {
        await tx.insert(wishes).values({ name: `worker ${number} ${turn}`, owner: number });
        c.equal(await tx.$count(wishes, eq(wishes.owner, number)), turn, `${kind}: a worker sees its own`);
      });
    }
  }));
  c.equal(await db.$count(wishes, like(wishes.name, 'worker %')), workers * 10, `${kind}: what the crowd wrote`);
}

/** postgres.js by itself. */
async function plain(c, db) {
  const results = await Promise.all(Array.from({ length: 300 }, (_, n) => db`SELECT ${n}::int AS n`));
  c.equal(results.map((r) => r[0].n), Array.from({ length: 300 }, (_, n) => n), 'requests in pipelines');
  let sum = 0;
  for await (const rows of db`SELECT generate_series(1, 2000) AS n`.cursor(90)) for (const row of rows) sum += row.n;
  c.equal(sum, 2001000, 'a cursor');
  const described = await db`SELECT 1::int AS one, ${'x'}::text AS two`.describe();
  c.equal(described.columns.map((column) => column.name), ['one', 'two'], 'a described statement');
  const reserved = await db.reserve();
  await reserved`CREATE TEMP TABLE upload (n int, line text)`;
  const writable = await reserved`COPY upload FROM STDIN`.writable();
  await new Promise((resolve, reject) => {
    writable.on('finish', resolve).on('error', reject);
    for (let n = 0; n < 1000; n++) writable.write(`${n}\tline ${n}\n`);
    writable.end();
  });
  c.equal((await reserved`SELECT count(*)::int AS n FROM upload`)[0].n, 1000, 'COPY in');
  await reserved`DROP TABLE upload`;
  reserved.release();
  await c.fails('22012', () => db`SELECT 1 / ${0}::int`, 'division by zero');
  const running = db`SELECT pg_sleep(30)`.execute();
  setTimeout(() => running.cancel(), 300);
  await c.fails('57014', () => running, 'cancel');
  c.equal((await db`SHOW timezone`)[0].TimeZone, 'Asia/Manila', 'the time zone at connect');
  const heard = [];
  let all;
  const done = new Promise((resolve) => (all = resolve));
  const { unlisten } = await db.listen('wishes', (payload) => heard.push(payload) === 10 && all());
  for (let n = 0; n < 10; n++) await db.notify('wishes', String(n));
  await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 20000).unref())]);
  c.equal(heard, Array.from({ length: 10 }, (_, n) => String(n)), 'notifications in order');
  await unlisten();
}

run('drizzle', async (c) => {
  const pool = new pg.Pool({ max: workers });
  await pool.query(SCHEMA);
  await orm(c, overPg(pool), 'node-postgres');
  await pool.end();
  const client = postgres(process.env.DATABASE_URL, { max: workers, connection: { timezone: 'Asia/Manila' }, onnotice: () => {} });
  await orm(c, overPostgres(client), 'postgres.js');
  await client.end();
  const plainClient = postgres(process.env.DATABASE_URL, { max: 2, connection: { timezone: 'Asia/Manila' }, onnotice: () => {} });
  await plain(c, plainClient);
  await plainClient.end();
});
