<?php
// A guest book on PDO, with prepared statements as PDO makes them by default: prepared on the
// server, and thrown away by DEALLOCATE when the statement object goes.
declare(strict_types=1);
require __DIR__ . '/../../check/check.php';

function connect(array $options = []): PDO
{
    $dsn = sprintf('pgsql:host=%s;port=%s;dbname=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'));
    $db = new PDO($dsn, getenv('PGUSER'), getenv('PGPASSWORD'), $options + [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
    ]);
    // As frameworks do at every connect.
    $db->exec("SET NAMES 'UTF8'");
    $db->exec("SET TIME ZONE 'Europe/Paris'");
    $db->exec('SET search_path TO book, public');
    return $db;
}

function migrate(Checks $c): void
{
    $db = connect();
    $db->exec('SELECT pg_advisory_lock(31337)');
    $db->exec('CREATE SCHEMA book');
    $db->exec("CREATE TABLE entry (id serial PRIMARY KEY, author text NOT NULL, number int, body text, tags text[],
        meta jsonb, image bytea, price numeric(8, 2), written timestamptz NOT NULL DEFAULT now(), UNIQUE (author, number))");
    $unlocked = $db->query('SELECT pg_advisory_unlock(31337) AS done')->fetchColumn();
    $c->equal($unlocked, true, 'the migration lock');
    $columns = $db->query("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'book'")->fetchColumn();
    $c->equal($columns, 9, 'the columns');
}

function types(Checks $c): void
{
    $db = connect();
    $image = implode('', array_map('chr', range(0, 255)));
    $insert = $db->prepare('INSERT INTO entry (author, number, body, tags, meta, image, price, written)
        VALUES (:author, :number, :body, :tags, :meta, :image, :price, :written) RETURNING id');
    $insert->bindValue('author', 'Zoë');
    $insert->bindValue('number', 1, PDO::PARAM_INT);
    $insert->bindValue('body', null, PDO::PARAM_NULL);
    $insert->bindValue('tags', '{a,"b c",NULL}');
    $insert->bindValue('meta', json_encode(['k' => [1, null]]));
    $insert->bindParam('image', $image, PDO::PARAM_LOB);
    $insert->bindValue('price', '12.50');
    $insert->bindValue('written', '2024-02-29 23:59:59.123456+00');
    $insert->execute();
    $id = $insert->fetchColumn();
    $c->equal((int) $db->lastInsertId('book.entry_id_seq'), $id, 'lastInsertId');
    $select = $db->prepare('SELECT * FROM entry WHERE id = ?');
    $select->execute([$id]);
    $row = $select->fetch();
    $c->equal($row['author'], 'Zoë', 'text');
    $c->equal($row['number'], 1, 'int');
    $c->equal($row['body'], null, 'null');
    $c->equal($row['tags'], '{a,"b c",NULL}', 'text[]');
    $c->equal(json_decode($row['meta'], true), ['k' => [1, null]], 'jsonb');
    $c->equal(stream_get_contents($row['image']), $image, 'bytea');
    $c->equal($row['price'], '12.50', 'numeric');
    $c->equal($row['written'], '2024-03-01 00:59:59.123456+01', 'timestamptz in the time zone of the session');
    $meta = $select->getColumnMeta(0);
    $c->equal([$meta['name'], $meta['native_type']], ['id', 'int4'], 'the type of a column, looked up in the catalog');
}

function prepared(Checks $c): void
{
    $db = connect();
    $insert = $db->prepare('INSERT INTO entry (author, number) VALUES (?, ?)');
    for ($n = 0; $n < 100; $n++) {
        $insert->execute(['many', $n]);
    }
    $c->equal($insert->rowCount(), 1, 'row count');
    // Each statement object is a prepared statement of its own; when it goes, PDO sends DEALLOCATE.
    for ($n = 0; $n < 100; $n++) {
        $select = $db->prepare('SELECT number FROM entry WHERE author = :author AND number = :number');
        $select->execute(['author' => 'many', 'number' => $n]);
        $c->equal($select->fetchColumn(), $n, 'a statement of a moment');
    }
    unset($select);
    $emulated = connect([PDO::ATTR_EMULATE_PREPARES => true])->prepare('SELECT ?::int + ?::int');
    $emulated->execute([40, 2]);
    $c->equal($emulated->fetchColumn(), 42, 'an emulated statement');
    $two = $db->prepare('SELECT count(*) FROM entry WHERE author = ?');
    $three = $db->prepare("SELECT 'x' || ?::text");
    for ($n = 0; $n < 10; $n++) {
        $two->execute(['many']);
        $three->execute([(string) $n]);
        $c->equal([$two->fetchColumn(), $three->fetchColumn()], [100, "x$n"], 'two statements in turn');
    }
}

function transactions(Checks $c): void
{
    $db = connect();
    $insert = $db->prepare('INSERT INTO entry (author, number) VALUES (?, ?)');
    $db->beginTransaction();
    $insert->execute(['kept', 1]);
    $db->exec('SAVEPOINT here');
    $c->fails('23505', fn () => $insert->execute(['kept', 1]), 'unique violation');
    $c->fails('25P02', fn () => $db->query('SELECT 1'), 'a failed transaction');
    $db->exec('ROLLBACK TO SAVEPOINT here');
    $insert->execute(['kept', 2]);
    $c->equal($db->inTransaction(), true, 'in a transaction');
    $db->commit();
    $db->beginTransaction();
    $db->exec("DELETE FROM entry WHERE author = 'kept'");
    // A statement that is thrown away while its transaction has failed.
    $c->fails('22012', function () use ($db) {
        $db->prepare('SELECT 1 / ?::int')->execute([0]);
    }, 'division by zero');
    $db->rollBack();
    $c->equal($db->query("SELECT count(*) FROM entry WHERE author = 'kept'")->fetchColumn(), 2, 'after the rollback');
    $insert->execute(['kept', 3]);
    $c->equal($insert->rowCount(), 1, 'the statement lives past errors');
}

function fetching(Checks $c): void
{
    $db = connect();
    $db->beginTransaction();
    $db->exec('DECLARE walk CURSOR FOR SELECT n FROM generate_series(1, 1000) n');
    for ($sum = 0; $rows = $db->query('FETCH 90 FROM walk')->fetchAll(PDO::FETCH_COLUMN);) {
        $sum += array_sum($rows);
    }
    $db->exec('CLOSE walk');
    $db->commit();
    $c->equal($sum, 500500, 'a cursor');
    $db->beginTransaction();
    $scroll = $db->prepare('SELECT n FROM generate_series(1, 10) n', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
    $scroll->execute();
    $c->equal($scroll->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST), [10], 'a scrollable cursor');
    unset($scroll);
    $db->commit();
    $db->exec('CREATE TEMPORARY TABLE upload (id int, line text)');
    $c->equal($db->pgsqlCopyFromArray('upload', array_map(fn ($n) => "$n\tline $n", range(0, 4999))), true, 'COPY in');
    $c->equal(count($db->pgsqlCopyToArray('upload')), 5000, 'COPY out');
    $c->equal($db->query('SELECT count(*) FROM upload')->fetchColumn(), 5000, 'the temporary table');
    $db->exec('DROP TABLE upload');

    $db->beginTransaction();
    $oid = $db->pgsqlLOBCreate();
    $stream = $db->pgsqlLOBOpen($oid, 'w');
    fwrite($stream, 'a large object');
    $stream = null;
    $db->commit();
    $db->beginTransaction();
    $c->equal(stream_get_contents($db->pgsqlLOBOpen($oid, 'r')), 'a large object', 'a large object');
    $db->pgsqlLOBUnlink($oid);
    $db->commit();
}

function notifications(Checks $c): void
{
    $listener = connect();
    $listener->exec('LISTEN guests');
    $sender = connect();
    $send = $sender->prepare("SELECT pg_notify('guests', ?)");
    for ($n = 0; $n < 10; $n++) {
        $send->execute([(string) $n]);
    }
    for ($heard = []; count($heard) < 10 && ($one = $listener->pgsqlGetNotify(PDO::FETCH_ASSOC, 20000));) {
        $heard[] = $one['payload'];
    }
    $c->equal($heard, array_map('strval', range(0, 9)), 'notifications in order');
    $listener->exec('UNLISTEN guests');
}

function timeouts(Checks $c): void
{
    $db = connect();
    $db->exec("SET statement_timeout = '100ms'");
    $c->fails('57014', fn () => $db->query('SELECT pg_sleep(30)'), 'statement_timeout');
    $db->exec('RESET statement_timeout');
    $c->equal($db->query('SELECT 1')->fetchColumn(), 1, 'the session goes on');
}

function work(int $number): void
{
    $db = connect();
    $db->exec("SET application_name = 'worker $number'");
    $insert = $db->prepare('INSERT INTO entry (author, number) VALUES (?, ?)');
    for ($turn = 1; $turn <= 25; $turn++) {
        $db->beginTransaction();
        $insert->execute(["worker $number", $turn]);
        $count = $db->prepare("SELECT count(*), current_setting('application_name') FROM entry WHERE author = ?");
        $count->execute(["worker $number"]);
        if ($count->fetch(PDO::FETCH_NUM) !== [$turn, "worker $number"]) {
            throw new Exception("worker $number sees another's state at turn $turn");
        }
        $db->commit();
        if ($db->query('SHOW TIME ZONE')->fetchColumn() !== 'Europe/Paris') {
            throw new Exception("worker $number has another's time zone");
        }
    }
}

if ($argc > 1) {
    work((int) $argv[1]);
    exit(0);
}
run('pdo', function (Checks $c): void {
    foreach (['migrate', 'types', 'prepared', 'transactions', 'fetching', 'notifications', 'timeouts'] as $part) {
        echo "$part\n";
        $part($c);
    }
    $c->equal(crowd(__FILE__, workers()), [], 'a crowd of workers');
    $c->equal(connect()->query("SELECT count(*) FROM entry WHERE author LIKE 'worker%'")->fetchColumn(), 25 * workers(),
        'what the crowd wrote');
});
