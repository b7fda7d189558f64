'use strict';
// A library's catalogue on TypeORM: migrations, relations, query runners, streams, an advisory lock.

require('reflect-metadata');
const { DataSource, EntitySchema } = require('typeorm');
const { run, workers } = require('../../check/check');

const Author = new EntitySchema({
  name: 'Author',
  columns: {
    id: { type: Number, primary: true, generated: true },
    name: { type: String, unique: true },
    aliases: { type: 'text', array: true, default: [] },
    born: { type: 'date', nullable: true },
    version: { type: Number, version: true },
    updated: { type: 'timestamptz', updateDate: true },
  },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author', cascade: true } },
});

const Book = new EntitySchema({
  name: 'Book',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
    title: { type: String },
    meta: { type: 'jsonb', nullable: true },
    cover: { type: 'bytea', nullable: true },
    price: { type: 'numeric', precision: 10, scale: 2, nullable: true },
    kind: { type: 'enum', enum: ['paper', 'file'], default: 'paper' },
    bought: { type: 'timestamptz', nullable: true },
    deleted: { type: 'timestamptz', deleteDate: true, nullable: true },
  },
  relations: { author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', nullable: true } },
  indices: [{ columns: ['title'] }],
});

class AddShelf1700000000000 {
  name = 'AddShelf1700000000000';
  async up(runner) {
    await runner.query('CREATE TABLE shelf (id int PRIMARY KEY, label text)');
    await runner.query("INSERT INTO shelf VALUES (1, 'top')");
  }
  async down(runner) {
    await runner.query('DROP TABLE shelf');
  }
}

async function migrate(c, db) {
  const runner = db.createQueryRunner();
  c.equal((await runner.query('SELECT pg_try_advisory_lock(77) AS got'))[0].got, true, 'the migration lock');
  c.equal((await db.runMigrations({ transaction: 'each' })).length, 1, 'one migration');
  await db.undoLastMigration();
  c.equal((await db.runMigrations()).length, 1, 'the migration again');
  c.equal((await db.runMigrations()).length, 0, 'nothing left to migrate');
  c.equal((await runner.query('SELECT pg_advisory_unlock(77) AS let_go'))[0].let_go, true, 'the lock let go');
  await runner.release();
  const script = await db.driver.createSchemaBuilder().log();
  c.equal(script.upQueries.length, 0, 'the schema is as the entities say');
}

async function crud(c, db) {
  const authors = db.getRepository('Author');
  const books = db.getRepository('Book');
  const cover = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const bought = new Date('2024-02-29T23:59:59.123Z');
  const author = await authors.save({
    name: 'Brontë', aliases: ['Bell', 'a"b'], born: '1818-07-30',
    books: [{ title: 'Heights', meta: { pages: [1, null] }, cover, price: '9.99', bought }, { title: 'Poems', kind: 'file' }],
  });
  const found = await authors.findOne({ where: { name: 'Brontë' }, relations: { books: true }, order: { books: { title: 'ASC' } } });
  c.equal(found.id, author.id, 'an author');
  c.equal(found.aliases, ['Bell', 'a"b'], 'text[]');
  c.equal(found.born, '1818-07-30', 'date');
  c.equal(found.books.map((b) => [b.title, b.kind]), [['Heights', 'paper'], ['Poems', 'file']], 'a relation and an enum');
  c.equal(found.books[0].meta, { pages: [1, null] }, 'jsonb');
  c.equal(Buffer.compare(found.books[0].cover, cover), 0, 'bytea');
  c.equal(found.books[0].price, '9.99', 'numeric');
  c.equal(found.books[0].bought, bought, 'timestamptz');
  found.aliases.push('third');
  await authors.save(found);
  c.equal((await authors.findOneBy({ id: author.id })).version, 2, 'an optimistic version');
  await books.insert(Array.from({ length: 300 }, (_, n) => ({ title: `bulk ${n}`, author: { id: author.id } })));
  const [page, count] = await books.createQueryBuilder('b').leftJoinAndSelect('b.author', 'a')
    .where('b.title LIKE :like', { like: 'bulk %' }).orderBy('b.title').skip(10).take(5).getManyAndCount();
  c.equal([page.length, count, page[0].author.name], [5, 300, 'Brontë'], 'a page of a query');
  await books.softDelete({ title: 'Poems' });
  c.equal(await books.countBy({ title: 'Poems' }), 0, 'soft delete');
  await books.restore({ title: 'Poems' });
  c.equal(await books.countBy({ title: 'Poems' }), 1, 'restore');
  await authors.upsert({ name: 'Brontë', born: '1818-07-31' }, ['name']);
  c.equal((await authors.findOneBy({ name: 'Brontë' })).born, '1818-07-31', 'upsert');
  await c.fails('23505', () => authors.insert({ name: 'Brontë' }), 'unique violation');
}

async function transactions(c, db) {
  await db.transaction(async (manager) => {
    await manager.insert('Author', { name: 'outer' });
    await manager.transaction(async (inner) => {
      await inner.insert('Author', { name: 'inner' });
      await inner.insert('Author', { name: 'outer' });
    }).catch((error) => c.equal(error.driverError.code, '23505', 'an error in a savepoint'));
    c.equal(await manager.countBy('Author', [{ name: 'outer' }, { name: 'inner' }]), 1, 'after the savepoint');
  });
  await db.transaction('SERIALIZABLE', async (manager) => {
    c.equal(await manager.query('SHOW transaction_isolation'), [{ transaction_isolation: 'serializable' }], 'isolation level');
    await manager.delete('Author', { name: 'outer' });
    throw new Error('on purpose');
  }).catch((error) => c.equal(error.message, 'on purpose', 'rollback'));
  c.equal(await db.getRepository('Author').countBy({ name: 'outer' }), 1, 'after the rollback');
}

async function streams(c, db) {
  const runner = db.createQueryRunner();
  let rows = 0;
  for await (const row of await runner.stream('SELECT n FROM generate_series(1, $1) n', [5000])) rows += row.n > 0 ? 1 : 0;
  c.equal(rows, 5000, 'a stream');
  await runner.query('CREATE TEMP TABLE basket (book uuid)');
  await runner.query('INSERT INTO basket SELECT id FROM book LIMIT 3');
  c.equal(await runner.query('SELECT count(*)::int AS n FROM basket'), [{ n: 3 }], 'a temporary table');
  await runner.query('DROP TABLE basket');
  await runner.release();
}

async function crowd(c, db) {
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    for (let turn = 1; turn <= 10; turn++) {
      await db.transaction(async (manager) => {
        let author = await manager.findOne('Author', { where: { name: `worker ${number}` }, lock: { mode: 'pessimistic_write' } });
        author ??= await manager.save('Author', { name: `worker ${number}` });
        await manager.save('Book', { title: `turn ${turn}`, author });
        c.equal(await manager.countBy('Book', { author: { id: author.id } }), turn, 'a worker sees its own books');
      });
    }
  }));
  const [{ n }] = await db.query("SELECT count(*)::int AS n FROM book WHERE title LIKE 'turn %'");
  c.equal(n, workers * 10, 'what the crowd wrote');
}

run('typeorm', async (c) => {
  const db = new DataSource({
    type: 'postgres',
    url: process.env.DATABASE_URL,
    applicationName: 'library',
    poolSize: workers,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    parseInt8: true,
    extra: { options: '-c timezone=Asia/Kolkata' },
    entities: [Author, Book],
    migrations: [AddShelf1700000000000],
    synchronize: true,
  });
  await db.initialize();
  for (const part of [migrate, crud, transactions, streams, crowd]) {
    console.log(part.name);
    await part(c, db);
  }
  const [row] = await db.query("SELECT current_setting('application_name') AS name, current_setting('timezone') AS zone");
  c.equal(row, { name: 'library', zone: 'Asia/Kolkata' }, 'settings at connect');
  await db.destroy();
});
