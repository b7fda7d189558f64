'use strict';
// Users and their posts on Prisma with its driver adapter for node-postgres.

const { readFileSync } = require('node:fs');
const path = require('node:path');
const pg = require('pg');
const { PrismaPg } = require('@prisma/adapter-pg');
const { PrismaClient, Prisma } = require('@prisma/client');
const { run, workers } = require('../../check/check');

/** As `prisma migrate deploy` does it: behind its advisory lock, each migration one string. */
async function migrate(c) {
  const client = new pg.Client({ statement_timeout: 60000 });
  await client.connect();
  await client.query('SELECT pg_advisory_lock(72707369)');
  await client.query(readFileSync(path.join(__dirname, 'migration.sql'), 'utf8'));
  c.equal((await client.query('SELECT pg_advisory_unlock(72707369) AS done')).rows[0].done, true, 'the migration lock');
  await client.end();
}

async function crud(c, db) {
  const raw = Uint8Array.from({ length: 256 }, (_, i) => i);
  const seen = new Date('2024-02-29T23:59:59.123Z');
  const made = await db.user.create({
    data: {
      email: 'zoë@example.org', role: 'EDITOR', tags: ['a', 'b"c'], data: { k: [1, null] }, raw, balance: '12.50',
      big: 9007199254740993n, seen, posts: { create: [{ title: 'first' }, { title: 'second' }] },
    },
    include: { posts: { orderBy: { title: 'asc' } } },
  });
  c.equal(made.posts.map((p) => p.title), ['first', 'second'], 'nested creates');
  const found = await db.user.findUnique({ where: { email: 'zoë@example.org' } });
  c.equal(found.role, 'EDITOR', 'enum');
  c.equal(found.tags, ['a', 'b"c'], 'text[]');
  c.equal(found.data, { k: [1, null] }, 'jsonb');
  c.equal(Array.from(found.raw), Array.from(raw), 'bytea');
  c.equal(found.balance.toFixed(2), '12.50', 'numeric');
  c.equal(found.big, 9007199254740993n, 'bigint');
  c.equal(found.seen, seen, 'timestamptz');
  await db.user.createMany({ data: Array.from({ length: 300 }, (_, n) => ({ email: `bulk${n}@example.org`, balance: n })) });
  c.equal(await db.user.count({ where: { email: { startsWith: 'bulk' } } }), 300, 'createMany');
  const page = await db.user.findMany({ where: { balance: { gte: 100 } }, orderBy: { balance: 'asc' }, skip: 10, take: 5 });
  c.equal(page.map((u) => u.balance.toNumber()), [110, 111, 112, 113, 114], 'a page');
  const sum = await db.user.aggregate({ _sum: { balance: true }, where: { email: { startsWith: 'bulk' } } });
  c.equal(sum._sum.balance.toNumber(), 44850, 'an aggregate');
  const upserted = await db.user.upsert({ where: { email: 'bulk1@example.org' }, update: { tags: { push: 'x' } }, create: { email: 'no' } });
  c.equal(upserted.tags, ['x'], 'upsert');
  await db.user.updateMany({ where: { email: { startsWith: 'bulk' } }, data: { balance: { increment: 1 } } });
  for (let n = 0; n < 20; n++) {
    const one = await db.user.findFirst({ where: { email: `bulk${n}@example.org` }, include: { posts: true } });
    c.equal(one.balance.toNumber(), n + 1, 'the same query again and again');
  }
  c.equal((await db.user.deleteMany({ where: { email: { startsWith: 'bulk' } } })).count, 300, 'deleteMany');
  c.equal(await db.$queryRaw`SELECT ${41}::int + 1 AS n, current_setting('timezone') AS zone`,
    [{ n: 42, zone: 'America/Bogota' }], 'raw SQL, and the time zone at connect');
  c.equal(await db.$executeRaw(Prisma.sql`UPDATE "User" SET tags = ARRAY['raw'] WHERE email = ${'zoë@example.org'}`), 1, 'raw update');
}

async function errors(c, db) {
  const known = async (code, action, what) => {
    const error = await action().then(() => undefined, (e) => e);
    c.equal(error?.code, code, `${what} (${error?.message})`);
  };
  await known('P2002', () => db.user.create({ data: { email: 'zoë@example.org' } }), 'unique violation');
  await known('P2003', () => db.post.create({ data: { title: 'x', authorId: 999999 } }), 'foreign key violation');
  await known('P2025', () => db.user.delete({ where: { id: 999999 } }), 'nothing to delete');
  await known('P2010', () => db.$queryRaw`SELECT 1 / 0`, 'an error of the server');
  c.equal(await db.user.count(), 1, 'after errors');
}

async function transactions(c, db) {
  const [user, count] = await db.$transaction([
    db.user.create({ data: { email: 'batch@example.org' } }), db.user.count(),
  ]);
  c.equal([user.email, count], ['batch@example.org', 2], 'a batch in a transaction');
  await db.$transaction(async (tx) => {
    await tx.user.create({ data: { email: 'gone@example.org' } });
    c.equal(await tx.user.count(), 3, 'in an interactive transaction');
    throw new Error('on purpose');
  }).catch((error) => c.equal(error.message, 'on purpose', 'rollback'));
  c.equal(await db.user.count(), 2, 'after the rollback');
  await db.$transaction(async (tx) => {
    const [level] = await tx.$queryRaw`SHOW transaction_isolation`;
    c.equal(level, { transaction_isolation: 'serializable' }, 'isolation level');
  }, { isolationLevel: 'Serializable' });
}

async function crowd(c, db) {
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    for (let turn = 1; turn <= 10; turn++) {
      await db.$transaction(async (tx) => {
        const email = `worker${number}@example.org`;
        const user = await tx.user.upsert({ where: { email }, update: { balance: { increment: 1 } }, create: { email, balance: 1 } });
        await tx.post.create({ data: { title: `turn ${turn}`, authorId: user.id } });
        c.equal(await tx.post.count({ where: { authorId: user.id } }), turn, 'a worker sees its own posts');
      }, { maxWait: 60000, timeout: 60000 });
    }
  }));
  c.equal(await db.post.count({ where: { title: { startsWith: 'turn ' } } }), workers * 10, 'what the crowd wrote');
}

run('prisma', async (c) => {
  await migrate(c);
  const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL, max: workers, options: '-c timezone=America/Bogota' });
  const db = new PrismaClient({ adapter });
  for (const part of [crud, errors, transactions, crowd]) {
    console.log(part.name);
    await part(c, db);
  }
  await db.$disconnect();
});
