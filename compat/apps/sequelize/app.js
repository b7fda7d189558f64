'use strict';
// A small blog on Sequelize: sync, associations, nested transactions, a pool of the ORM's own.

const { DataTypes, Op, QueryTypes, Sequelize, Transaction } = require('sequelize');
const { run, workers } = require('../../check/check');

function connect(options = {}) {
  return new Sequelize(process.env.DATABASE_URL, {
    dialect: 'postgres',
    logging: false,
    timezone: '+02:00',
    pool: { max: workers, acquire: 60000 },
    ...options,
  });
}

function models(db) {
  const User = db.define('user', {
    name: { type: DataTypes.STRING, allowNull: false, unique: true },
    born: DataTypes.DATEONLY,
    seen: DataTypes.DATE,
  });
  const Post = db.define('post', {
    id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true },
    title: { type: DataTypes.STRING, allowNull: false },
    tags: DataTypes.ARRAY(DataTypes.TEXT),
    meta: DataTypes.JSONB,
    image: DataTypes.BLOB,
    state: DataTypes.ENUM('draft', 'published'),
    words: { type: DataTypes.RANGE(DataTypes.INTEGER) },
  }, { version: true, paranoid: true });
  User.hasMany(Post, { as: 'posts' });
  Post.belongsTo(User, { as: 'user' });
  return { User, Post };
}

async function crud(c, db, { User, Post }) {
  const seen = new Date('2024-02-29T23:59:59.123Z');
  const user = await User.create({ name: 'Zoë', born: '1999-12-31', seen });
  const image = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const post = await Post.create({
    title: 'first', tags: ['a', 'b"c'], meta: { k: [1, null], by: { name: 'Zoë' } }, image, state: 'draft', words: [1, 10], userId: user.id,
  });
  const found = await User.findOne({ where: { name: 'Zoë' }, include: 'posts' });
  c.equal(found.seen, seen, 'timestamp with time zone');
  c.equal(found.born, '1999-12-31', 'date');
  c.equal(found.posts.length, 1, 'an association');
  c.equal(found.posts[0].tags, ['a', 'b"c'], 'array');
  c.equal(found.posts[0].meta, { k: [1, null], by: { name: 'Zoë' } }, 'jsonb');
  c.equal(Buffer.compare(found.posts[0].image, image), 0, 'bytea');
  c.equal(found.posts[0].words.map((w) => w.value), [1, 10], 'range');
  c.equal(await Post.count({ where: { 'meta.by.name': 'Zoë' } }), 1, 'a path into jsonb');
  post.state = 'published';
  await post.save();
  c.equal((await Post.findByPk(post.id)).state, 'published', 'an update');
  await Post.bulkCreate(Array.from({ length: 500 }, (_, n) => ({ title: `bulk ${n}`, userId: user.id })));
  c.equal(await Post.count({ where: { title: { [Op.like]: 'bulk %' } } }), 500, 'bulkCreate');
  const page = await Post.findAndCountAll({ where: { userId: user.id }, order: ['title'], limit: 10, offset: 20 });
  c.equal([page.count, page.rows.length], [501, 10], 'a page');
  const [upserted] = await User.upsert({ name: 'Zoë', born: '2000-01-01' }, { returning: true });
  c.equal(upserted.born, '2000-01-01', 'upsert');
  const [, created] = await User.findOrCreate({ where: { name: 'Zoë' } });
  c.equal(created, false, 'findOrCreate of one that is there');
  const [made, isNew] = await User.findOrCreate({ where: { name: 'Kim' } });
  c.equal([made.name, isNew], ['Kim', true], 'findOrCreate of a new one');
  await Post.destroy({ where: { title: { [Op.like]: 'bulk %' } } });
  c.equal(await Post.count(), 1, 'soft delete');
  c.equal(await Post.count({ paranoid: false }), 501, 'what is softly deleted');
  const rows = await db.query('SELECT $1::int + $2::int AS sum', { bind: [40, 2], type: QueryTypes.SELECT });
  c.equal(rows, [{ sum: 42 }], 'bind parameters');
  c.equal((await db.query("SELECT extract(timezone FROM now())::int AS zone", { type: QueryTypes.SELECT }))[0].zone, 7200,
    'the time zone that Sequelize sets for each connection');
}

async function transactions(c, db, { User }) {
  await c.fails('23505', () => User.create({ name: 'Kim' }), 'unique violation');
  await db.transaction(async (outer) => {
    await User.create({ name: 'outer' }, { transaction: outer });
    try {
      await db.transaction({ transaction: outer }, async (inner) => {
        await User.create({ name: 'inner' }, { transaction: inner });
        await User.create({ name: 'outer' }, { transaction: inner });
      });
    } catch (error) {
      c.equal(error.name, 'SequelizeUniqueConstraintError', 'an error in a savepoint');
    }
    c.equal(await User.count({ where: { name: ['outer', 'inner'] }, transaction: outer }), 1, 'after the savepoint');
    await User.findOne({ where: { name: 'outer' }, lock: outer.LOCK.UPDATE, skipLocked: true, transaction: outer });
  });
  await db.transaction(async () => { throw new Error('on purpose'); }).catch((e) => c.equal(e.message, 'on purpose', 'rollback'));
  const serializable = await db.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.SERIALIZABLE, readOnly: true });
  const [level] = await db.query('SHOW transaction_isolation', { type: QueryTypes.SELECT, transaction: serializable });
  c.equal(level, { transaction_isolation: 'serializable' }, 'isolation level');
  await serializable.rollback();
  c.equal(await User.count({ where: { name: 'outer' } }), 1, 'what was committed');
}

async function alter(c, db) {
  const users = db.getQueryInterface();
  await users.addColumn('users', 'nick', { type: DataTypes.STRING, defaultValue: 'none' });
  await users.addIndex('users', ['nick']);
  const [row] = await db.query("SELECT * FROM users WHERE name = 'Kim'", { type: QueryTypes.SELECT });
  c.equal(row.nick, 'none', 'a new column');
  c.equal(Object.keys(await users.describeTable('users')).includes('nick'), true, 'describeTable');
  await users.removeColumn('users', 'nick');
  await db.sync({ alter: true });
  c.equal(Object.keys(await users.describeTable('users')).includes('nick'), false, 'sync with alter');
}

async function crowd(c, db, { User, Post }) {
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    const name = `worker ${number}`;
    for (let turn = 1; turn <= 10; turn++) {
      await db.transaction(async (transaction) => {
        const [user] = await User.findOrCreate({ where: { name }, transaction });
        await Post.create({ title: `${turn}`, userId: user.id }, { transaction });
        c.equal(await Post.count({ where: { userId: user.id }, transaction }), turn, 'a worker sees its own posts');
      });
      await User.findAll({ limit: 3, include: { association: 'posts', required: false, limit: 2 } });
    }
  }));
  const counts = await Post.findAll({
    attributes: ['userId', [db.fn('count', db.col('*')), 'n']], where: { title: { [Op.regexp]: '^[0-9]+$' } }, group: 'userId', raw: true,
  });
  c.equal(counts.map((row) => Number(row.n)), Array(workers).fill(10), 'what the crowd wrote');
}

run('sequelize', async (c) => {
  const db = connect();
  await db.authenticate();
  const all = models(db);
  await db.sync();
  for (const part of [crud, transactions, alter, crowd]) {
    console.log(part.name);
    await part(c, db, all);
  }
  await db.close();
  // Settings of the connection, and a search_path before each statement.
  const other = connect({ schema: 'elsewhere', dialectOptions: { application_name: 'blog', statement_timeout: 30000, prependSearchPath: true } });
  await other.createSchema('elsewhere');
  const elsewhere = models(other);
  await other.sync({ force: true });
  await elsewhere.User.create({ name: 'only there' });
  const [row] = await other.query("SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout",
    { type: QueryTypes.SELECT });
  c.equal(row, { name: 'blog', timeout: '30s' }, 'settings at connect');
  c.equal(await elsewhere.User.count({ searchPath: 'elsewhere' }), 1, 'another schema');
  await other.close();
});
