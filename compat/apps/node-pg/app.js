'use strict';
// A chat server's store on node-postgres: its JavaScript client, its native one on libpq, cursors,
// query streams and COPY streams.

const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const pg = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');
const { from: copyFrom, to: copyTo } = require('pg-copy-streams');
const { run, workers } = require('../../check/check');

const MIGRATIONS = [
  `CREATE TABLE room (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
   CREATE TABLE message (
     id bigserial PRIMARY KEY,
     room int NOT NULL REFERENCES room ON DELETE CASCADE,
     author int,
     body text NOT NULL,
     tags text[],
     meta jsonb,
     attachment bytea,
     sent timestamptz NOT NULL DEFAULT now())`,
  'CREATE INDEX message_room ON message (room, id)',
];

async function migrate(c) {
  const client = new pg.Client();
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [815]);
  await client.query('CREATE TABLE migrations (id int PRIMARY KEY, at timestamptz DEFAULT now())');
  for (const [id, statement] of MIGRATIONS.entries()) {
    await client.query('BEGIN');
    await client.query(statement);
    await client.query('INSERT INTO migrations (id) VALUES ($1)', [id]);
    await client.query('COMMIT');
  }
  const { rows } = await client.query('SELECT pg_advisory_unlock($1) AS unlocked', [815]);
  c.equal(rows, [{ unlocked: true }], 'the migration lock');
  await client.end();
}

async function types(c, Client) {
  const client = new Client();
  await client.connect();
  await client.query('DELETE FROM room');
  const room = (await client.query("INSERT INTO room (name) VALUES ('ラウンジ 🐘') RETURNING *")).rows[0];
  c.equal(room.name, 'ラウンジ 🐘', 'text');
  const sent = new Date('2024-02-29T23:59:59.123Z');
  const attachment = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  // The native client sends text only.
  const bytes = Client === pg.Client ? attachment : `\\x${attachment.toString('hex')}`;
  const inserted = await client.query(
    'INSERT INTO message (room, body, tags, meta, attachment, sent) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *',
    [room.id, 'hello', ['a', 'b"c', null], { k: [1, null] }, bytes, sent]);
  const row = inserted.rows[0];
  c.equal(row.tags, ['a', 'b"c', null], 'text[]');
  c.equal(row.meta, { k: [1, null] }, 'jsonb');
  c.equal(Buffer.compare(row.attachment, attachment), 0, 'bytea');
  c.equal(row.sent, sent, 'timestamptz');
  c.equal(inserted.rowCount, 1, 'row count');
  // Several statements in one string give several results.
  const results = await client.query("SELECT 1 AS one; SELECT 'two' AS two");
  c.equal(results.map((r) => r.rows), [[{ one: 1 }], [{ two: 'two' }]], 'several results');
  await client.end();
}

async function prepared(c, Client) {
  const client = new Client();
  await client.connect();
  for (let n = 0; n < 60; n++) {
    const { rows } = await client.query({ name: 'twice', text: 'SELECT $1::int * 2 AS n', values: [n] });
    c.equal(rows[0].n, 2 * n, 'a named statement');
    const other = await client.query({ name: `statement ${n % 7}`, text: `SELECT ${n % 7} + $1::int AS n`, values: [1] });
    c.equal(other.rows[0].n, (n % 7) + 1, 'one of several named statements');
  }
  await c.fails('22P02', () => client.query({ name: 'twice', text: 'SELECT $1::int * 2 AS n', values: ['x'] }), 'a bad value');
  const { rows } = await client.query({ name: 'twice', text: 'SELECT $1::int * 2 AS n', values: [21] });
  c.equal(rows[0].n, 42, 'the named statement after an error');
  await client.end();
}

async function transactions(c, Client) {
  const client = new Client();
  await client.connect();
  await client.query('BEGIN');
  const { rows } = await client.query("INSERT INTO room (name) VALUES ('kept') RETURNING id");
  await client.query('SAVEPOINT one');
  const error = await c.fails('23505', () => client.query('INSERT INTO room (name) VALUES ($1)', ['kept']), 'unique violation');
  c.true(/room_name_key/.test(error.message), 'the constraint is named');
  await c.fails('25P02', () => client.query('SELECT 1'), 'a failed transaction');
  await client.query('ROLLBACK TO SAVEPOINT one');
  await client.query("INSERT INTO message (room, body) VALUES ($1, 'in the transaction')", [rows[0].id]);
  await client.query('COMMIT');
  await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY');
  await c.fails('25006', () => client.query('DELETE FROM message'), 'a read-only transaction');
  await client.query('ROLLBACK');
  const count = await client.query('SELECT count(*)::int AS n FROM message WHERE room = $1', [rows[0].id]);
  c.equal(count.rows[0].n, 1, 'what the transaction left');
  await client.query("DELETE FROM room WHERE name = 'kept'");
  await client.end();
}

async function sessions(c) {
  const client = new pg.Client({ application_name: 'chat', options: '-c search_path=chat,public', statement_timeout: 60000 });
  await client.connect();
  await client.query('CREATE SCHEMA chat');
  await client.query('CREATE TABLE message (only_here int)');
  await client.query("SET TIME ZONE 'Pacific/Auckland'");
  for (let n = 0; n < 5; n++) {
    const { rows } = await client.query(
      "SELECT current_setting('timezone') AS zone, current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout");
    c.equal(rows[0], { zone: 'Pacific/Auckland', name: 'chat', timeout: '1min' }, 'the settings of the session');
    c.equal((await client.query('SELECT count(only_here) AS n FROM message')).rows[0].n, '0', 'search_path');
  }
  await client.query('DROP SCHEMA chat CASCADE');
  await client.end();
}

async function streaming(c) {
  const client = new pg.Client();
  await client.connect();
  await client.query('BEGIN');
  const cursor = client.query(new Cursor('SELECT n FROM generate_series(1, $1) n', [1000]));
  let sum = 0;
  for (let rows = await cursor.read(90); rows.length > 0; rows = await cursor.read(90)) {
    for (const row of rows) sum += row.n;
  }
  c.equal(sum, 500500, 'a cursor');
  await cursor.close();
  await client.query('COMMIT');

  // Outside a transaction: the portal lives as long as no Sync is sent.
  const loose = client.query(new Cursor('SELECT n FROM generate_series(1, 50) n'));
  c.equal((await loose.read(10)).length, 10, 'a cursor outside a transaction');
  c.equal((await loose.read(10))[0].n, 11, 'its second read');
  await loose.close();

  sum = 0;
  for await (const row of client.query(new QueryStream('SELECT n FROM generate_series(1, $1) n', [20000], { batchSize: 250 }))) sum += row.n;
  c.equal(sum, 200010000, 'a stream');

  await client.query('CREATE TEMP TABLE upload (id int, body text)');
  const lines = Array.from({ length: 20000 }, (_, n) => `${n}\tline ${n}\n`);
  const into = client.query(copyFrom('COPY upload FROM STDIN'));
  await pipeline(Readable.from(lines), into);
  c.equal(into.rowCount, 20000, 'COPY in');
  const chunks = [];
  for await (const chunk of client.query(copyTo('COPY (SELECT * FROM upload ORDER BY id) TO STDOUT'))) chunks.push(chunk);
  c.equal(Buffer.concat(chunks).toString(), lines.join(''), 'COPY out');
  await c.fails('22P02', () => pipeline(Readable.from(['x\ty\n']), client.query(copyFrom('COPY upload FROM STDIN'))), 'COPY of rubbish');
  c.equal((await client.query('SELECT count(*)::int AS n FROM upload')).rows[0].n, 20000, 'the temporary table is still there');
  await client.end();
}

async function notifications(c, Client) {
  const listener = new Client();
  await listener.connect();
  const heard = [];
  let done;
  const all = new Promise((resolve) => (done = resolve));
  listener.on('notification', (n) => {
    heard.push(`${n.channel} ${n.payload}`);
    if (heard.length === 10) done();
  });
  await listener.query('LISTEN chat');
  const sender = new Client();
  await sender.connect();
  for (let n = 0; n < 10; n++) await sender.query("SELECT pg_notify('chat', $1)", [String(n)]);
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 20000).unref())]);
  c.equal(heard, Array.from({ length: 10 }, (_, n) => `chat ${n}`), 'notifications in order');
  await listener.query('UNLISTEN *');
  await listener.end();
  await sender.end();
}

async function cancelling(c) {
  const client = new pg.Client();
  await client.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  c.true(rows[0].pid > 0, 'a server process');
  await client.query("SET statement_timeout = '100ms'");
  await c.fails('57014', () => client.query('SELECT pg_sleep(30)'), 'statement_timeout');
  await client.query('RESET statement_timeout');
  // The protocol's cancel request, as the driver sends it.
  const running = client.query('SELECT pg_sleep(30)');
  setTimeout(() => new pg.Client().cancel(client, client._queryQueue?.[0] ?? client._activeQuery ?? client.activeQuery), 300);
  await c.fails('57014', () => running, 'cancel');
  c.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1, 'the session goes on');
  await client.end();
}

async function crowd(c, Pool, name) {
  const pool = new Pool({ max: workers });
  const room = (await pool.query('INSERT INTO room (name) VALUES ($1) RETURNING id', [`crowd ${name}`])).rows[0].id;
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    const client = await pool.connect();
    try {
      await client.query(`SET application_name = 'worker ${number}'`);
      for (let turn = 1; turn <= 25; turn++) {
        await client.query('BEGIN');
        await client.query({ name: 'say', text: 'INSERT INTO message (room, author, body) VALUES ($1, $2, $3)', values: [room, number, `${turn}`] });
        const { rows } = await client.query({
          name: `count ${number % 3}`,
          text: `SELECT count(*)::int AS n, current_setting('application_name') AS name, ${number % 3} AS kind FROM message WHERE room = $1 AND author = $2`,
          values: [room, number],
        });
        await client.query(turn % 5 === 0 ? 'ROLLBACK' : 'COMMIT');
        c.equal(rows[0], { n: turn - Math.floor((turn - 1) / 5), name: `worker ${number}`, kind: number % 3 }, 'a worker sees its own');
      }
    } finally {
      client.release();
    }
  }));
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM message WHERE room = $1', [room]);
  c.equal(rows[0].n, workers * 20, 'what the crowd wrote');
  await pool.end();
}

run('node-pg', async (c) => {
  await migrate(c);
  const clients = { js: pg };
  if (pg.native) clients.native = pg.native;
  else console.log('pg-native is not here: its part is left out');
  for (const [name, driver] of Object.entries(clients)) {
    console.log(name);
    await types(c, driver.Client);
    await prepared(c, driver.Client);
    await transactions(c, driver.Client);
    await notifications(c, driver.Client);
    await crowd(c, driver.Pool, name);
  }
  console.log('js only');
  await sessions(c);
  await streaming(c);
  await cancelling(c);
});
