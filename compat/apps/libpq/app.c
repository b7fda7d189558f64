/*
 * A measurement store on libpq itself: pipelines with errors in them, single-row mode, COPY both ways,
 * binary parameters, cancels, notifications, and threads. Connects by the PG… variables.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIPELINE = 500, ROWS = 50000, TURNS = 25, NOTIFICATIONS = 10 };

static int checks;
static pthread_mutex_t checks_lock = PTHREAD_MUTEX_INITIALIZER;

static void differ(const char *what, const char *expected, const char *actual)
{
	/* A message of the server is several lines; the first one tells it. */
	printf("libpq: after %d checks: %s: expected \"%s\", got \"%.*s\"\n", checks, what, expected,
	       (int)strcspn(actual, "\n"), actual);
	fflush(stdout);
	_exit(1);
}

static void same(const char *actual, const char *expected, const char *what)
{
	pthread_mutex_lock(&checks_lock);
	checks++;
	pthread_mutex_unlock(&checks_lock);
	if (strcmp(actual, expected) != 0)
		differ(what, expected, actual);
}

static void same_number(long actual, long expected, const char *what)
{
	char a[32], e[32];

	snprintf(a, sizeof a, "%ld", actual);
	snprintf(e, sizeof e, "%ld", expected);
	same(a, e, what);
}

static PGconn *open_connection(const char *conninfo)
{
	PGconn *conn = PQconnectdb(conninfo);

	if (PQstatus(conn) != CONNECTION_OK)
		differ("a connection", "ok", PQerrorMessage(conn));
	return conn;
}

/* A result of which the status is known; its error text else. */
static PGresult *checked(PGconn *conn, PGresult *res, ExecStatusType status, const char *what)
{
	if (PQresultStatus(res) != status)
		differ(what, PQresStatus(status), res ? PQresultErrorMessage(res) : PQerrorMessage(conn));
	return res;
}

static void run(PGconn *conn, const char *sql)
{
	PGresult *res = PQexec(conn, sql);

	if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
		differ(sql, "ok", PQresultErrorMessage(res));
	PQclear(res);
}

static void value(PGconn *conn, const char *sql, const char *expected)
{
	PGresult *res = checked(conn, PQexec(conn, sql), PGRES_TUPLES_OK, sql);

	same(PQgetvalue(res, 0, 0), expected, sql);
	PQclear(res);
}

static void fails(PGconn *conn, const char *sql, const char *sqlstate)
{
	PGresult *res = checked(conn, PQexec(conn, sql), PGRES_FATAL_ERROR, sql);

	same(PQresultErrorField(res, PG_DIAG_SQLSTATE), sqlstate, sql);
	PQclear(res);
}

static void schema(void)
{
	PGconn *conn = open_connection("application_name=measure");

	run(conn, "SELECT pg_advisory_lock(5)");
	run(conn, "CREATE TABLE measure (id bigserial PRIMARY KEY, sensor int, value float8, note text);"
		  "CREATE TABLE once (id int PRIMARY KEY)");
	value(conn, "SELECT pg_advisory_unlock(5)", "t");
	same(PQparameterStatus(conn, "application_name"), "measure", "application_name as reported");
	run(conn, "BEGIN");
	run(conn, "INSERT INTO once VALUES (1)");
	run(conn, "SAVEPOINT s");
	fails(conn, "INSERT INTO once VALUES (1)", "23505");
	same_number(PQtransactionStatus(conn), PQTRANS_INERROR, "a failed transaction");
	run(conn, "ROLLBACK TO s; RELEASE s");
	run(conn, "COMMIT");
	value(conn, "SELECT count(*) FROM once", "1");
	PQfinish(conn);
}

static void binary_and_prepared(void)
{
	PGconn *conn = open_connection("options='-c extra_float_digits=0 -c timezone=Asia/Seoul'");
	const char *values[1];
	int lengths[1] = {4}, formats[1] = {1};
	PGresult *res;

	PQclear(checked(conn, PQprepare(conn, "twice", "SELECT $1::int4 * 2, 'x'::text", 0, NULL),
			PGRES_COMMAND_OK, "PQprepare"));
	for (int i = 0; i < 100; i++) {
		uint32_t n = htobe32(i), back;

		values[0] = (const char *)&n;
		res = checked(conn, PQexecPrepared(conn, "twice", 1, values, lengths, formats, 1),
			      PGRES_TUPLES_OK, "PQexecPrepared");
		memcpy(&back, PQgetvalue(res, 0, 0), 4);
		same_number(be32toh(back), 2 * i, "a binary value");
		PQclear(res);
		if (i % 10 == 0)
			value(conn, "SHOW timezone", "Asia/Seoul");
	}
	res = checked(conn, PQdescribePrepared(conn, "twice"), PGRES_COMMAND_OK, "PQdescribePrepared");
	same_number(PQnparams(res), 1, "its parameters");
	same_number(PQnfields(res), 2, "its columns");
	PQclear(res);
	run(conn, "DEALLOCATE twice");
	res = checked(conn, PQdescribePrepared(conn, "twice"), PGRES_FATAL_ERROR, "a statement that is gone");
	same(PQresultErrorField(res, PG_DIAG_SQLSTATE), "26000", "its SQLSTATE");
	PQclear(res);
	PQfinish(conn);
}

/* Sends what a pipeline holds while its results are not read: both sides must not wait for each other. */
static void pipelines(void)
{
	PGconn *conn = open_connection("");
	PGresult *res;
	char text[16];
	const char *values[1] = {text};

	same_number(PQenterPipelineMode(conn), 1, "pipeline mode");
	PQsendPrepare(conn, "put", "INSERT INTO measure (sensor, value) VALUES (1, $1) RETURNING value", 0, NULL);
	for (int i = 0; i < PIPELINE; i++) {
		snprintf(text, sizeof text, "%d", i);
		same_number(PQsendQueryPrepared(conn, "put", 1, values, NULL, NULL, 0), 1, "a request");
	}
	PQpipelineSync(conn);
	PQclear(checked(conn, PQgetResult(conn), PGRES_COMMAND_OK, "the Parse of a pipeline"));
	PQgetResult(conn);
	for (int i = 0; i < PIPELINE; i++) {
		snprintf(text, sizeof text, "%d", i);
		res = checked(conn, PQgetResult(conn), PGRES_TUPLES_OK, "a row of a pipeline");
		same(PQgetvalue(res, 0, 0), text, "its value");
		PQclear(res);
		PQgetResult(conn);
	}
	PQclear(checked(conn, PQgetResult(conn), PGRES_PIPELINE_SYNC, "the end of a pipeline"));

	/* Three synchronised parts, an error in the second. */
	PQsendQueryParams(conn, "SELECT 1", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(conn);
	PQsendQueryParams(conn, "INSERT INTO once VALUES (2)", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(conn, "SELECT 1 / 0", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(conn, "SELECT 2", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(conn);
	PQsendQueryParams(conn, "SELECT count(*) FROM once", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(conn);
	static const ExecStatusType expected[] = {
		PGRES_TUPLES_OK, PGRES_PIPELINE_SYNC, PGRES_COMMAND_OK, PGRES_FATAL_ERROR,
		PGRES_PIPELINE_ABORTED, PGRES_PIPELINE_SYNC, PGRES_TUPLES_OK, PGRES_PIPELINE_SYNC};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		res = checked(conn, PQgetResult(conn), expected[i], "a pipeline with an error");
		if (expected[i] == PGRES_TUPLES_OK)
			same(PQgetvalue(res, 0, 0), "1", "a value before and behind the error");
		PQclear(res);
		if (expected[i] != PGRES_PIPELINE_SYNC)
			PQgetResult(conn);
	}

	/* A transaction of three requests in one batch, and answers asked for by Flush. */
	PQsendQueryParams(conn, "BEGIN", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(conn, "SELECT 7", 0, NULL, NULL, NULL, NULL, 0);
	PQsendFlushRequest(conn);
	PQclear(checked(conn, PQgetResult(conn), PGRES_COMMAND_OK, "BEGIN"));
	PQgetResult(conn);
	res = checked(conn, PQgetResult(conn), PGRES_TUPLES_OK, "an answer before Sync");
	same(PQgetvalue(res, 0, 0), "7", "its value");
	PQclear(res);
	PQgetResult(conn);
	PQsendQueryParams(conn, "COMMIT", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(conn);
	PQclear(checked(conn, PQgetResult(conn), PGRES_COMMAND_OK, "COMMIT"));
	PQgetResult(conn);
	PQclear(checked(conn, PQgetResult(conn), PGRES_PIPELINE_SYNC, "the last Sync"));
	same_number(PQexitPipelineMode(conn), 1, "the end of pipeline mode");
	value(conn, "SELECT count(*) FROM measure WHERE sensor = 1", "500");
	PQfinish(conn);
}

static void copies(void)
{
	PGconn *conn = open_connection("");
	PGresult *res;
	char line[64], *row;
	long rows = 0;
	int length;

	PQclear(checked(conn, PQexec(conn, "COPY measure (sensor, value) FROM STDIN"), PGRES_COPY_IN, "COPY in"));
	for (int i = 0; i < ROWS; i++) {
		length = snprintf(line, sizeof line, "2\t%d\n", i);
		if (PQputCopyData(conn, line, length) != 1)
			differ("PQputCopyData", "1", PQerrorMessage(conn));
	}
	PQputCopyEnd(conn, NULL);
	res = checked(conn, PQgetResult(conn), PGRES_COMMAND_OK, "the end of COPY in");
	same(PQcmdTuples(res), "50000", "rows copied");
	PQclear(res);
	PQgetResult(conn);

	PQclear(checked(conn, PQexec(conn, "COPY (SELECT value FROM measure WHERE sensor = 2) TO STDOUT"),
			PGRES_COPY_OUT, "COPY out"));
	while ((length = PQgetCopyData(conn, &row, 0)) > 0) {
		rows++;
		PQfreemem(row);
	}
	same_number(rows, ROWS, "rows copied out");
	PQclear(checked(conn, PQgetResult(conn), PGRES_COMMAND_OK, "the end of COPY out"));
	PQgetResult(conn);

	PQclear(checked(conn, PQexec(conn, "COPY measure (sensor) FROM STDIN"), PGRES_COPY_IN, "COPY in again"));
	PQputCopyData(conn, "3\n", 2);
	PQputCopyEnd(conn, "the application gave up");
	res = checked(conn, PQgetResult(conn), PGRES_FATAL_ERROR, "a COPY given up");
	same(PQresultErrorField(res, PG_DIAG_SQLSTATE), "57014", "its SQLSTATE");
	PQclear(res);
	PQgetResult(conn);
	value(conn, "SELECT count(*) FROM measure WHERE sensor = 3", "0");

	/* One row at a time, and given up in the middle of them. */
	PQsendQuery(conn, "SELECT value FROM measure WHERE sensor = 2; SELECT 'second'");
	PQsetSingleRowMode(conn);
	for (rows = 0; (res = PQgetResult(conn)) != NULL; PQclear(res))
		if (PQresultStatus(res) == PGRES_SINGLE_TUPLE)
			rows++;
	same_number(rows, ROWS + 1, "single-row mode over two results");
	PQfinish(conn);
}

static void cancels(void)
{
	PGconn *conn = open_connection("");
	PGcancel *cancel = PQgetCancel(conn);
	char error[256];
	PGresult *res;

	PQsendQuery(conn, "SELECT pg_sleep(30)");
	usleep(300000);
	same_number(PQcancel(cancel, error, sizeof error), 1, "PQcancel");
	res = checked(conn, PQgetResult(conn), PGRES_FATAL_ERROR, "a cancelled query");
	same(PQresultErrorField(res, PG_DIAG_SQLSTATE), "57014", "its SQLSTATE");
	PQclear(res);
	PQgetResult(conn);
	/* With nothing to cancel, it must not hit what comes next. */
	same_number(PQcancel(cancel, error, sizeof error), 1, "PQcancel of nothing");
	usleep(300000);
	value(conn, "SELECT 'goes on' FROM pg_sleep(0.3)", "goes on");
	run(conn, "SET statement_timeout = 100");
	fails(conn, "SELECT pg_sleep(30)", "57014");
	PQfreeCancel(cancel);
	PQfinish(conn);
}

static void notifications(void)
{
	PGconn *listener = open_connection(""), *sender = open_connection("");
	PGnotify *heard;
	char text[64];
	int count = 0;

	run(listener, "LISTEN measures");
	for (int i = 0; i < NOTIFICATIONS; i++) {
		snprintf(text, sizeof text, "NOTIFY measures, '%d'", i);
		run(sender, text);
	}
	while (count < NOTIFICATIONS) {
		struct pollfd fd = {.fd = PQsocket(listener), .events = POLLIN};

		if (poll(&fd, 1, 20000) != 1)
			differ("notifications", "ten", "a silence");
		PQconsumeInput(listener);
		while ((heard = PQnotifies(listener)) != NULL) {
			snprintf(text, sizeof text, "%d", count++);
			same(heard->extra, text, "notifications in order");
			PQfreemem(heard);
		}
	}
	PQfinish(listener);
	PQfinish(sender);
}

static void *work(void *argument)
{
	long number = (long)argument;
	PGconn *conn = open_connection("");
	char sql[128], name[32], sensor[16], turn_text[16];
	const char *values[2] = {sensor, turn_text};
	PGresult *res;

	snprintf(name, sizeof name, "worker %ld", number);
	snprintf(sql, sizeof sql, "SET application_name = '%s'", name);
	snprintf(sensor, sizeof sensor, "%ld", 100 + number);
	run(conn, sql);
	PQclear(checked(conn, PQprepare(conn, "put", "INSERT INTO measure (sensor, value) VALUES ($1, $2)", 2, NULL),
			PGRES_COMMAND_OK, "PQprepare"));
	PQclear(checked(conn, PQprepare(conn, "count", "SELECT count(*) FROM measure WHERE sensor = $1", 1, NULL),
			PGRES_COMMAND_OK, "PQprepare"));
	for (int turn = 1; turn <= TURNS; turn++) {
		snprintf(turn_text, sizeof turn_text, "%d", turn);
		run(conn, "BEGIN");
		PQclear(checked(conn, PQexecPrepared(conn, "put", 2, values, NULL, NULL, 0), PGRES_COMMAND_OK, "put"));
		res = checked(conn, PQexecPrepared(conn, "count", 1, values, NULL, NULL, 0), PGRES_TUPLES_OK, "count");
		same(PQgetvalue(res, 0, 0), turn_text, "a worker sees its own measures");
		PQclear(res);
		run(conn, "COMMIT");
		value(conn, "SHOW application_name", name);
	}
	PQfinish(conn);
	return NULL;
}

static void crowd(void)
{
	const char *workers = getenv("APP_WORKERS");
	long count = workers ? atol(workers) : 20;
	pthread_t threads[256];
	PGconn *conn;
	char expected[32];

	for (long i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	for (long i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	conn = open_connection("");
	snprintf(expected, sizeof expected, "%ld", count * TURNS);
	value(conn, "SELECT count(*) FROM measure WHERE sensor >= 100", expected);
	PQfinish(conn);
}

int main(void)
{
	schema();
	binary_and_prepared();
	pipelines();
	copies();
	cancels();
	notifications();
	crowd();
	printf("ok libpq %d checks\n", checks);
	return 0;
}
