'use strict';
// Accounts and transfers on Knex: migrations with their lock table, savepoints, streams, and a
// search_path and settings for each connection of its pool.

const createKnex = require('knex');
const { run, workers } = require('../../check/check');

// The search_path begins with a schema that the first migration makes, so the journal names its own.
const journal = 'public';

const migrationSource = {
  getMigrations: async () => ['1_accounts', '2_transfers'],
  getMigrationName: (name) => name,
  getMigration: async (name) => ({
    '1_accounts': {
      up: async (knex) => {
        await knex.schema.createSchema('bank');
        await knex.schema.withSchema('bank').createTable('accounts', (table) => {
          table.increments();
          table.string('owner').notNullable().unique();
          table.decimal('balance', 14, 2).notNullable().defaultTo(0);
          table.jsonb('limits');
          table.specificType('phones', 'text[]');
          table.binary('photo');
          table.uuid('key').defaultTo(knex.fn.uuid());
          table.timestamps(true, true);
        });
      },
      down: (knex) => knex.schema.dropSchema('bank', true),
    },
    '2_transfers': {
      up: (knex) => knex.schema.withSchema('bank').createTable('transfers', (table) => {
        table.bigIncrements();
        table.integer('from').references('id').inTable('bank.accounts');
        table.integer('to').references('id').inTable('bank.accounts');
        table.decimal('amount', 14, 2).notNullable();
        table.index(['from', 'to']);
      }),
      down: (knex) => knex.schema.withSchema('bank').dropTable('transfers'),
    },
  })[name],
};

async function migrate(c, knex) {
  const [, names] = await knex.migrate.latest({ migrationSource, schemaName: journal });
  c.equal(names, ['1_accounts', '2_transfers'], 'migrations');
  await knex.migrate.rollback({ migrationSource, schemaName: journal }, true);
  c.equal(await knex.schema.withSchema('bank').hasTable('accounts'), false, 'migrations rolled back');
  await knex.migrate.latest({ migrationSource, schemaName: journal });
  c.equal(await knex.migrate.currentVersion({ migrationSource, schemaName: journal }), '2', 'migrated again');
}

async function crud(c, knex) {
  const photo = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const [row] = await knex('accounts')
    .insert({ owner: 'Ærøskøbing', balance: '12.50', limits: JSON.stringify({ day: 100 }), phones: ['1', '2'], photo })
    .returning('*');
  c.equal(row.owner, 'Ærøskøbing', 'text, found by search_path');
  c.equal(row.balance, '12.50', 'numeric');
  c.equal(row.limits, { day: 100 }, 'jsonb');
  c.equal(row.phones, ['1', '2'], 'array');
  c.equal(Buffer.compare(row.photo, photo), 0, 'bytea');
  c.true(row.created_at instanceof Date, 'timestamptz');
  await c.fails('23505', () => knex('accounts').insert({ owner: 'Ærøskøbing' }), 'unique violation');
  await knex('accounts').insert({ owner: 'Ærøskøbing', balance: 99 }).onConflict('owner').merge(['balance']);
  c.equal(await knex('accounts').where({ owner: 'Ærøskøbing' }).pluck('balance'), ['99.00'], 'on conflict merge');
  await knex.batchInsert('accounts', Array.from({ length: 1000 }, (_, n) => ({ owner: `owner ${n}`, balance: 100 })), 100);
  c.equal((await knex('accounts').count().first()).count, '1001', 'batchInsert');
  c.equal((await knex.raw('SELECT ?::int + :b AS n'.replace(':b', '?::int'), [1, 2])).rows, [{ n: 3 }], 'raw');
  const sums = await knex.with('rich', knex('accounts').where('balance', '>', 50)).from('rich').sum('balance as sum').first();
  c.equal(sums.sum, '100099.00', 'a common table expression');
  let streamed = 0;
  for await (const one of knex('accounts').select('balance').stream({ batchSize: 50 })) streamed += Number(one.balance);
  c.equal(streamed, 100099, 'a stream');
  for (let n = 0; n < 5; n++) {
    const { rows } = await knex.raw("SELECT current_setting('timezone') AS zone, current_setting('lock_timeout') AS timeout");
    c.equal(rows[0], { zone: 'America/Lima', timeout: '20s' }, 'what afterCreate set');
  }
}

async function transactions(c, knex) {
  await knex.transaction(async (outer) => {
    await outer('accounts').insert({ owner: 'outer' });
    await outer.transaction(async (inner) => {
      await inner('accounts').insert({ owner: 'inner' });
      await inner('accounts').insert({ owner: 'outer' });
    }).catch((error) => c.equal(error.code, '23505', 'an error in a savepoint'));
    c.equal(await outer('accounts').whereIn('owner', ['outer', 'inner']).pluck('owner'), ['outer'], 'after the savepoint');
  });
  const transaction = await knex.transaction({ isolationLevel: 'repeatable read', readOnly: false });
  await transaction('accounts').where({ owner: 'outer' }).del();
  await transaction.rollback();
  c.equal(transaction.isCompleted(), true, 'rolled back');
  c.equal((await knex('accounts').where({ owner: 'outer' })).length, 1, 'after the rollback');
  await knex.raw('CREATE TEMP TABLE nothing AS SELECT 1').then(() => knex.raw('DROP TABLE IF EXISTS nothing'));
}

async function timeouts(c, knex) {
  // Knex gives up by pg_cancel_backend with the process ID that it was told at connect.
  await knex.raw('SELECT pg_sleep(2)').timeout(300, { cancel: true })
    .then(() => c.true(false, 'a timeout'), (error) => c.equal(error.name, 'KnexTimeoutError', 'a timeout with cancel'));
  c.equal((await knex.raw('SELECT 1 AS n')).rows, [{ n: 1 }], 'after the timeout');
}

async function crowd(c, knex) {
  await knex('accounts').update({ balance: 100 });
  const ids = await knex('accounts').orderBy('id').limit(10).pluck('id');
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    for (let turn = 0; turn < 15; turn++) {
      const from = ids[(number + turn) % ids.length];
      const to = ids[(number * 3 + turn + 1) % ids.length];
      if (from === to) continue;
      await knex.transaction(async (trx) => {
        // In one order, so that no two wait for each other.
        await trx('accounts').whereIn('id', [from, to]).orderBy('id').forUpdate();
        await trx('accounts').where({ id: from }).decrement('balance', 1);
        await trx('accounts').where({ id: to }).increment('balance', 1);
        await trx('transfers').insert({ from, to, amount: 1 });
      });
    }
  }));
  const [{ sum }] = await knex('accounts').whereIn('id', ids).sum('balance');
  c.equal(sum, '1000.00', 'no money is lost');
  const moved = await knex('transfers').count().first();
  c.true(Number(moved.count) > 100, 'the transfers are there');
}

run('knex', async (c) => {
  const knex = createKnex({
    client: 'pg',
    connection: process.env.DATABASE_URL,
    searchPath: ['bank', 'public'],
    pool: {
      min: 0,
      max: workers,
      afterCreate: (connection, done) => {
        connection.query("SET timezone = 'America/Lima'; SET lock_timeout = '20s'", (error) => done(error, connection));
      },
    },
  });
  for (const part of [migrate, crud, transactions, timeouts, crowd]) {
    console.log(part.name);
    await part(c, knex);
  }
  await knex.destroy();
});
