<?php
// A counter service on PHP's pgsql functions: prepared statements by name, asynchronous queries,
// COPY, notifications, and connections that outlive the code that opened them.
declare(strict_types=1);
require __DIR__ . '/../../check/check.php';

function connect(string $more = ''): PgSql\Connection
{
    $db = pg_connect("application_name=counter $more", PGSQL_CONNECT_FORCE_NEW);
    if ($db === false) {
        throw new Exception('cannot connect');
    }
    pg_set_client_encoding($db, 'UTF8');
    return $db;
}

function one(PgSql\Connection $db, string $sql, array $values = []): ?string
{
    $result = pg_query_params($db, $sql, $values);
    if ($result === false) {
        throw new Exception(pg_last_error($db));
    }
    return pg_fetch_result($result, 0, 0);
}

/** The SQLSTATE with which the server answers. */
function state(PgSql\Connection $db, string $sql): ?string
{
    pg_send_query($db, $sql);
    for ($state = null; $result = pg_get_result($db);) {
        $state = pg_result_error_field($result, PGSQL_DIAG_SQLSTATE) ?? $state;
    }
    return $state;
}

if ($argc > 1) {
    $db = connect();
    pg_prepare($db, 'hit', 'UPDATE counter SET hits = hits + 1 WHERE name = $1');
    for ($turn = 0; $turn < 25; $turn++) {
        pg_query($db, 'BEGIN');
        pg_execute($db, 'hit', ['shared']);
        pg_execute($db, 'hit', ["own $argv[1]"]);
        pg_query($db, 'COMMIT');
        if (one($db, 'SELECT hits FROM counter WHERE name = $1', ["own $argv[1]"]) !== (string) ($turn + 1)) {
            exit(1);
        }
    }
    exit(0);
}

run('php-pgsql', function (Checks $c): void {
    $db = connect("options='-c timezone=Asia/Tokyo'");
    pg_query($db, 'CREATE TABLE counter (name text PRIMARY KEY, hits int NOT NULL DEFAULT 0, raw bytea, at timestamptz)');
    pg_query($db, "INSERT INTO counter (name) VALUES ('shared')");
    for ($n = 0; $n < workers(); $n++) {
        c_insert($db, $c, "own $n");
    }
    $raw = implode('', array_map('chr', range(0, 255)));
    pg_query_params($db, 'INSERT INTO counter (name, raw, at) VALUES ($1, $2, $3)',
        ['ünï', pg_escape_bytea($db, $raw), '2024-02-29 12:00+00']);
    $c->equal(pg_unescape_bytea(one($db, "SELECT raw FROM counter WHERE name = 'ünï'")), $raw, 'bytea');
    for ($n = 0; $n < 5; $n++) {
        $c->equal(one($db, "SELECT at FROM counter WHERE name = 'ünï'"), '2024-02-29 21:00:00+09', 'the time zone at connect');
        $c->equal(pg_parameter_status($db, 'TimeZone'), 'Asia/Tokyo', 'the time zone as reported');
    }

    pg_prepare($db, 'sum', 'SELECT $1::int + $2::int');
    for ($n = 0; $n < 50; $n++) {
        $c->equal(pg_fetch_result(pg_execute($db, 'sum', [$n, 1]), 0, 0), (string) ($n + 1), 'a prepared statement');
        pg_query($db, 'SELECT 1');
    }
    // Its users drop a statement in SQL: the functions have nothing for it.
    pg_query($db, 'DEALLOCATE sum');
    $c->equal(@pg_execute($db, 'sum', [1, 1]), false, 'a statement that is gone');
    pg_prepare($db, 'sum', 'SELECT $1::int * $2::int');
    $c->equal(pg_fetch_result(pg_execute($db, 'sum', [6, 7]), 0, 0), '42', 'the same name again');

    pg_query($db, 'BEGIN');
    pg_query($db, "INSERT INTO counter (name) VALUES ('kept')");
    pg_query($db, 'SAVEPOINT here');
    $c->equal(state($db, "INSERT INTO counter (name) VALUES ('kept')"), '23505', 'unique violation');
    $c->equal(pg_transaction_status($db), PGSQL_TRANSACTION_INERROR, 'a failed transaction');
    pg_query($db, 'ROLLBACK TO here');
    pg_query($db, 'COMMIT');
    $c->equal(one($db, "SELECT count(*) FROM counter WHERE name = 'kept'"), '1', 'after the savepoint');

    pg_query($db, 'CREATE TEMP TABLE upload (id int, line text)');
    $c->equal(pg_copy_from($db, 'upload', array_map(fn ($n) => "$n\tline $n\n", range(0, 4999))), true, 'COPY in');
    $c->equal(count(pg_copy_to($db, 'upload')), 5000, 'COPY out');
    $c->equal(pg_insert($db, 'counter', ['name' => 'meta', 'hits' => 7]) !== false, true, 'pg_insert, which asks the catalog');
    pg_query($db, 'DROP TABLE upload');

    $running = connect();
    pg_send_query($running, 'SELECT pg_sleep(30)');
    usleep(300000);
    $c->equal(pg_cancel_query($running), true, 'cancel');
    $c->equal(one($running, 'SELECT 1'), '1', 'after the cancel');

    $listener = connect();
    pg_query($listener, 'LISTEN counters');
    for ($n = 0; $n < 10; $n++) {
        pg_query($db, "NOTIFY counters, '$n'");
    }
    $heard = [];
    for ($tries = 0; $tries < 2000 && count($heard) < 10; $tries++) {
        while ($one = pg_get_notify($listener, PGSQL_ASSOC)) {
            $heard[] = $one['payload'];
        }
        usleep(10000);
    }
    $c->equal($heard, array_map('strval', range(0, 9)), 'notifications in order');
    pg_query($listener, 'UNLISTEN *');

    $kept = pg_pconnect('application_name=persistent');
    pg_query($kept, "SET application_name = 'changed'");
    $c->equal(pg_ping($kept), true, 'a persistent connection');
    $c->equal(one($kept, 'SHOW application_name'), 'changed', 'its settings');

    $c->equal(crowd(__FILE__, workers()), [], 'a crowd of workers');
    $c->equal(one($db, "SELECT hits FROM counter WHERE name = 'shared'"), (string) (25 * workers()), 'what the crowd counted');
});

function c_insert(PgSql\Connection $db, Checks $c, string $name): void
{
    $c->equal(pg_affected_rows(pg_query_params($db, 'INSERT INTO counter (name) VALUES ($1)', [$name])), 1, 'an insert');
}
