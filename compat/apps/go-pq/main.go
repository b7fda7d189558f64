// A job board on lib/pq and database/sql: their pool, statements prepared on many connections, COPY,
// a listener, contexts that cancel.
package main

import (
	"check"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/lib/pq"
)

var equal, must = check.Equal, check.Must

func fails(err error, sqlstate, what string) {
	var failure *pq.Error
	if !errors.As(err, &failure) {
		equal(err, "SQLSTATE "+sqlstate, what)
	}
	equal(failure.Code, sqlstate, what)
}

func value(db interface {
	QueryRow(string, ...interface{}) *sql.Row
}, query string, args ...interface{}) string {
	var v string
	must(db.QueryRow(query, args...).Scan(&v), query)
	return v
}

func schema(db *sql.DB) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	must(err, "a connection of one's own")
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock(3)")
	must(err, "the migration lock")
	_, err = conn.ExecContext(ctx, `CREATE TABLE job (id bigserial PRIMARY KEY, title text NOT NULL UNIQUE, tags text[],
		meta jsonb, raw bytea, due timestamptz, taken_by int); CREATE TABLE done (job bigint, worker int)`)
	must(err, "the schema")
	var unlocked bool
	must(conn.QueryRowContext(ctx, "SELECT pg_advisory_unlock(3)").Scan(&unlocked), "unlock")
	equal(unlocked, true, "the migration lock")
}

func types(db *sql.DB) {
	due := time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC)
	raw := make([]byte, 256)
	for i := range raw {
		raw[i] = byte(i)
	}
	var id int64
	must(db.QueryRow("INSERT INTO job (title, tags, meta, raw, due) VALUES ($1, $2, $3, $4, $5) RETURNING id",
		"Gärtner", pq.Array([]string{"a", `b"c`}), `{"k": [1, null]}`, raw, due).Scan(&id), "insert")
	var title, meta string
	var tags []string
	var back []byte
	var at time.Time
	must(db.QueryRow("SELECT title, tags, meta, raw, due FROM job WHERE id = $1", id).
		Scan(&title, pq.Array(&tags), &meta, &back, &at), "select")
	equal(title, "Gärtner", "text")
	equal(tags, []string{"a", `b"c`}, "text[]")
	equal(meta, `{"k": [1, null]}`, "jsonb")
	equal(back, raw, "bytea")
	equal(at.Equal(due), true, "timestamptz")
	equal(value(db, "SHOW timezone"), "Asia/Dubai", "the time zone at connect")
}

func prepared(db *sql.DB) {
	// database/sql prepares it anew on each connection that it happens to use.
	statement, err := db.Prepare("SELECT $1::int * 2")
	must(err, "prepare")
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			var twice int
			must(statement.QueryRow(n).Scan(&twice), "a prepared statement")
			equal(twice, 2*n, "a prepared statement")
		}(i)
	}
	group.Wait()
	must(statement.Close(), "close")
	for i := 0; i < 30; i++ {
		equal(value(db, "SELECT $1::text || $2", "n", i), fmt.Sprint("n", i), "a statement of a moment")
	}
}

func transactions(db *sql.DB) {
	tx, err := db.Begin()
	must(err, "begin")
	_, err = tx.Exec("INSERT INTO job (title) VALUES ('kept')")
	must(err, "insert")
	_, err = tx.Exec("SAVEPOINT s")
	must(err, "savepoint")
	_, err = tx.Exec("INSERT INTO job (title) VALUES ($1)", "kept")
	fails(err, "23505", "unique violation")
	_, err = tx.Exec("ROLLBACK TO s")
	must(err, "rollback to")
	must(tx.Commit(), "commit")
	tx, err = db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelSerializable, ReadOnly: true})
	must(err, "begin with options")
	equal(value(tx, "SHOW transaction_isolation"), "serializable", "isolation level")
	_, err = tx.Exec("DELETE FROM job")
	fails(err, "25006", "read only")
	must(tx.Rollback(), "rollback")
	equal(value(db, "SELECT count(*) FROM job WHERE title = 'kept'"), "1", "after the rollback")
}

func copying(db *sql.DB) {
	tx, err := db.Begin()
	must(err, "begin")
	statement, err := tx.Prepare(pq.CopyIn("job", "title", "taken_by"))
	must(err, "COPY in")
	for i := 0; i < 2000; i++ {
		_, err = statement.Exec(fmt.Sprintf("job\t%d", i), nil)
		must(err, "a row of COPY")
	}
	_, err = statement.Exec()
	must(err, "the end of COPY")
	must(statement.Close(), "close")
	must(tx.Commit(), "commit")
	equal(value(db, "SELECT count(*) FROM job WHERE title LIKE E'job\\t%'"), "2000", "COPY in")
	rows, err := db.Query("SELECT title FROM job ORDER BY id")
	must(err, "rows")
	equal(rows.Next(), true, "rows that are given up in the middle")
	must(rows.Close(), "close")
}

func cancelling(db *sql.DB) {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := db.ExecContext(ctx, "SELECT pg_sleep(30)")
	equal(err != nil, true, "a context that ends")
	equal(value(db, "SELECT 1"), "1", "after the cancel")
	_, err = db.Exec("SET LOCAL statement_timeout = 1; SELECT pg_sleep(30)")
	fails(err, "57014", "statement_timeout")
}

func notifications(db *sql.DB) {
	listener := pq.NewListener(os.Getenv("DATABASE_URL")+"?sslmode=disable", time.Second, time.Minute, nil)
	must(listener.Listen("jobs"), "listen")
	for i := 0; i < 10; i++ {
		_, err := db.Exec("SELECT pg_notify('jobs', $1)", strconv.Itoa(i))
		must(err, "notify")
	}
	for i := 0; i < 10; i++ {
		select {
		case n := <-listener.Notify:
			equal(n.Extra, i, "notifications in order")
		case <-time.After(20 * time.Second):
			equal("silence", i, "notifications")
		}
	}
	must(listener.Ping(), "the listener lives")
	must(listener.UnlistenAll(), "unlisten")
	must(listener.Close(), "close")
}

func crowd(db *sql.DB, workers int) {
	var group sync.WaitGroup
	for w := 0; w < workers; w++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for {
				tx, err := db.Begin()
				must(err, "begin")
				var job int64
				err = tx.QueryRow("SELECT id FROM job WHERE taken_by IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED").Scan(&job)
				if errors.Is(err, sql.ErrNoRows) {
					must(tx.Rollback(), "rollback")
					return
				}
				must(err, "a job")
				_, err = tx.Exec("UPDATE job SET taken_by = $1 WHERE id = $2", worker, job)
				must(err, "take")
				_, err = tx.Exec("INSERT INTO done VALUES ($1, $2)", job, worker)
				must(err, "note")
				must(tx.Commit(), "commit")
			}
		}(w)
	}
	group.Wait()
	equal(value(db, "SELECT count(*) || ' ' || count(DISTINCT job) FROM done"), "2002 2002", "each job was taken once")
}

func main() {
	check.App = "go-pq"
	workers, err := strconv.Atoi(os.Getenv("APP_WORKERS"))
	if err != nil {
		workers = 20
	}
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL")+"?sslmode=disable&timezone=Asia/Dubai&application_name=board")
	must(err, "open")
	db.SetMaxOpenConns(workers)
	schema(db)
	types(db)
	prepared(db)
	transactions(db)
	copying(db)
	cancelling(db)
	notifications(db)
	crowd(db, workers)
	must(db.Close(), "close")
	check.Done()
}
