// A ledger on pgx and its pool: a cache of prepared statements, batches, COPY in binary, types of the
// server's own, a listener.
package main

import (
	"check"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

var ctx = context.Background()

var equal, must = check.Equal, check.Must

func fails(err error, sqlstate, what string) {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		equal(err, "SQLSTATE "+sqlstate, what)
	}
	equal(failure.Code, sqlstate, what)
}

type querier interface {
	QueryRow(context.Context, string, ...interface{}) pgx.Row
}

func number(db querier, query string, args ...interface{}) int64 {
	var n int64
	must(db.QueryRow(ctx, query, args...).Scan(&n), query)
	return n
}

func text(db querier, query string, args ...interface{}) string {
	var s string
	must(db.QueryRow(ctx, query, args...).Scan(&s), query)
	return s
}

func types(pool *pgxpool.Pool) {
	at := time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC)
	raw := make([]byte, 256)
	for i := range raw {
		raw[i] = byte(i)
	}
	var id int64
	must(pool.QueryRow(ctx, "INSERT INTO account (name, tags, meta, raw, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
		"Möller", []string{"a", `b"c`}, map[string]interface{}{"k": 1.5}, raw, at).Scan(&id), "insert")
	var name string
	var tags []string
	var meta map[string]interface{}
	var back []byte
	var when time.Time
	must(pool.QueryRow(ctx, "SELECT name, tags, meta, raw, at FROM account WHERE id = $1", id).
		Scan(&name, &tags, &meta, &back, &when), "select")
	equal(name, "Möller", "text")
	equal(tags, []string{"a", `b"c`}, "text[]")
	equal(meta, map[string]interface{}{"k": 1.5}, "jsonb")
	equal(back, raw, "bytea")
	equal(when.Equal(at), true, "timestamptz")
}

func statements(pool *pgxpool.Pool) {
	conn, err := pool.Acquire(ctx)
	must(err, "acquire")
	defer conn.Release()
	_, err = conn.Conn().Prepare(ctx, "twice", "SELECT $1::int8 * 2")
	must(err, "prepare")
	for i := 0; i < 50; i++ {
		equal(number(conn, "twice", i), 2*i, "a prepared statement")
		equal(number(pool, "SELECT $1::int8 + 1", i), i+1, "a statement of the cache")
	}
	must(conn.Conn().Deallocate(ctx, "twice"), "deallocate")
	_, err = conn.Conn().Prepare(ctx, "twice", "SELECT $1::int8 * 3")
	must(err, "prepare again")
	equal(number(conn, "twice", 5), 15, "the name again")
	for i := 0; i < 600; i++ { // more than the driver's cache of 512 holds
		equal(number(conn, fmt.Sprintf("SELECT %d + $1::int8", i), 1), i+1, "many statements")
	}
	batch := &pgx.Batch{}
	for i := 0; i < 100; i++ {
		batch.Queue("SELECT $1::int8", i)
	}
	batch.Queue("SELECT 1 / $1::int8", 0)
	results := conn.SendBatch(ctx, batch)
	for i := 0; i < 100; i++ {
		var n int64
		must(results.QueryRow().Scan(&n), "a batch")
		equal(n, i, "a batch")
	}
	var n int64
	fails(results.QueryRow().Scan(&n), "22012", "an error in a batch")
	results.Close()
	equal(number(conn, "SELECT 1::int8"), 1, "after the batch")
}

func transactions(pool *pgxpool.Pool) {
	err := pool.BeginTxFunc(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO account (name) VALUES ('kept')")
		must(err, "insert")
		inner, err := tx.Begin(ctx)
		must(err, "savepoint")
		_, err = inner.Exec(ctx, "INSERT INTO account (name) VALUES ($1)", "kept")
		fails(err, "23505", "unique violation")
		must(inner.Rollback(ctx), "rollback to the savepoint")
		equal(text(tx, "SHOW transaction_isolation"), "repeatable read", "isolation level")
		return nil
	})
	must(err, "a transaction")
	err = pool.BeginFunc(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM account WHERE name = 'kept'")
		must(err, "delete")
		return errors.New("on purpose")
	})
	equal(err, "on purpose", "rollback")
	equal(number(pool, "SELECT count(*) FROM account WHERE name = 'kept'"), 1, "after the rollback")
}

func copying(pool *pgxpool.Pool) {
	rows := make([][]interface{}, 3000)
	for i := range rows {
		rows[i] = []interface{}{fmt.Sprintf("copied %d", i), []string{"x"}, time.Now()}
	}
	count, err := pool.CopyFrom(ctx, pgx.Identifier{"account"}, []string{"name", "tags", "at"}, pgx.CopyFromRows(rows))
	must(err, "COPY in")
	equal(count, 3000, "COPY in")
	result, err := pool.Query(ctx, "SELECT name FROM account WHERE name LIKE $1", "copied %")
	must(err, "rows")
	for count = 0; result.Next(); count++ {
	}
	must(result.Err(), "rows")
	equal(count, 3000, "what was copied")
}

func cancelling(pool *pgxpool.Pool) {
	soon, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	_, err := pool.Exec(soon, "SELECT pg_sleep(30)")
	equal(err != nil, true, "a context that ends")
	equal(number(pool, "SELECT 1::int8"), 1, "after it")
	conn, err := pool.Acquire(ctx)
	must(err, "acquire")
	defer conn.Release()
	_, err = conn.Exec(ctx, "SET statement_timeout = '100ms'")
	must(err, "set")
	_, err = conn.Exec(ctx, "SELECT pg_sleep(30)")
	fails(err, "57014", "statement_timeout")
	_, err = conn.Exec(ctx, "RESET statement_timeout")
	must(err, "reset")
	equal(text(conn, "SHOW timezone"), "America/Halifax", "the time zone at connect")
}

func notifications(pool *pgxpool.Pool) {
	listener, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	must(err, "connect")
	_, err = listener.Exec(ctx, "LISTEN ledger")
	must(err, "listen")
	for i := 0; i < 10; i++ {
		_, err := pool.Exec(ctx, "SELECT pg_notify('ledger', $1)", strconv.Itoa(i))
		must(err, "notify")
	}
	soon, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for i := 0; i < 10; i++ {
		n, err := listener.WaitForNotification(soon)
		must(err, "a notification")
		equal(n.Payload, i, "notifications in order")
	}
	must(listener.Close(ctx), "close")
}

func crowd(pool *pgxpool.Pool, workers int) {
	_, err := pool.Exec(ctx, "UPDATE account SET balance = 100")
	must(err, "balances")
	var group sync.WaitGroup
	for w := 0; w < workers; w++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for turn := 0; turn < 20; turn++ {
				from, to := 101+(worker+turn)%40, 101+(worker*7+turn*3+1)%40
				must(pool.BeginFunc(ctx, func(tx pgx.Tx) error {
					if _, err := tx.Exec(ctx, "SELECT 1 FROM account WHERE id = ANY($1) ORDER BY id FOR UPDATE",
						[]int64{int64(from), int64(to)}); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, "UPDATE account SET balance = balance - 1 WHERE id = $1", from); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, "UPDATE account SET balance = balance + 1 WHERE id = $1", to)
					return err
				}), "a transfer")
			}
		}(w)
	}
	group.Wait()
	equal(number(pool, "SELECT sum(balance)::int8 - count(*) * 100 FROM account"), 0, "no money is lost")
}

func main() {
	check.App = "go-pgx"
	workers, err := strconv.Atoi(os.Getenv("APP_WORKERS"))
	if err != nil {
		workers = 20
	}
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	must(err, "the configuration")
	config.MaxConns = int32(workers)
	config.ConnConfig.RuntimeParams["timezone"] = "America/Halifax"
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET search_path TO money, public; CREATE SCHEMA IF NOT EXISTS money")
		return err
	}
	config.LazyConnect = true
	pool, err := pgxpool.ConnectConfig(ctx, config)
	must(err, "the pool")
	_, err = pool.Exec(ctx, `CREATE TABLE account (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, tags text[], meta jsonb,
		raw bytea, at timestamptz, balance bigint NOT NULL DEFAULT 0)`)
	must(err, "the schema")
	for _, part := range []func(*pgxpool.Pool){types, statements, transactions, copying, cancelling, notifications} {
		part(pool)
	}
	crowd(pool, workers)
	pool.Close()
	check.Done()
}
