#!/usr/bin/env bash
# libpq's replication tools through Howdah: pg_basebackup, pg_receivewal and pg_recvlogical as they
# come, against a Howdah in transaction mode with one server connection a pool, and a server started
# from the backup they made, which then streams through Howdah. Exit code 77: could not run here.
set -euo pipefail
source "$(dirname "$0")/../lib.sh"

need_packages postgresql postgresql-client || skip "no PostgreSQL to take a backup of"

work=$compat_work/replication
rm -rf "$work"
mkdir -p "$work"
export PGPASSWORD=streams PGCONNECT_TIMEOUT=10

start_postgres replication wal_level=logical max_wal_senders=10 max_replication_slots=10
add_user streamer streams REPLICATION
add_user plain plain
sql -c "CREATE TABLE kept (id int PRIMARY KEY, word text)" \
  -c "INSERT INTO kept SELECT i, 'word ' || i FROM generate_series(1, 20000) i" \
  -c "GRANT SELECT ON kept TO streamer"
start_howdah relay transaction 1
through=(-h "$HOWDAH_HOST" -p "$HOWDAH_PORT" -U streamer)

# --- pg_basebackup: its stream of files, and a second connection that streams WAL beside it
"$PG_BIN/pg_basebackup" "${through[@]}" -D "$work/backup" -X stream -c fast -R --no-sync ||
  fail "pg_basebackup failed" "$HOWDAH_LOG"
"$PG_BIN/pg_verifybackup" "$work/backup" >"$work/verify.log" 2>&1 ||
  fail "the backup is not whole" "$work/verify.log"
"$PG_BIN/pg_basebackup" "${through[@]}" -D - -Ft -X fetch -c fast >"$work/backup.tar" ||
  fail "pg_basebackup to a tar archive failed" "$HOWDAH_LOG"
tar -tf "$work/backup.tar" PG_VERSION backup_label >/dev/null || fail "the archive is no backup"
say "pg_basebackup: $(du -sh "$work/backup" | cut -f 1), verified"

# --- pg_receivewal: a slot, and WAL as it is written
"$PG_BIN/pg_receivewal" "${through[@]}" -S through_howdah --create-slot
mkdir "$work/wal"
end=$(sql -c "SELECT pg_switch_wal()" -c "INSERT INTO kept VALUES (0, 'in the WAL')" \
  -c "SELECT pg_current_wal_lsn()" | tail -n 1)
"$PG_BIN/pg_receivewal" "${through[@]}" -S through_howdah -D "$work/wal" --endpos "$end" --no-loop \
  >"$work/receivewal.log" 2>&1 || fail "pg_receivewal failed" "$work/receivewal.log" "$HOWDAH_LOG"
grep -qa 'in the WAL' "$work"/wal/* || fail "the row is not in the WAL that was received"
"$PG_BIN/pg_receivewal" "${through[@]}" -S through_howdah --drop-slot
say "pg_receivewal: the row is in what was received"

# --- pg_recvlogical: changes decoded
"$PG_BIN/pg_recvlogical" "${through[@]}" -d postgres -S decoded --create-slot -P test_decoding
sql -c "UPDATE kept SET word = 'changed ' || id WHERE id <= 5000"
end=$(sql -c "SELECT pg_current_wal_lsn()")
"$PG_BIN/pg_recvlogical" "${through[@]}" -d postgres -S decoded --start --endpos "$end" --no-loop \
  -f "$work/changes" >"$work/recvlogical.log" 2>&1 ||
  fail "pg_recvlogical failed" "$work/recvlogical.log" "$HOWDAH_LOG"
changes=$(grep -c 'table public.kept: UPDATE' "$work/changes")
[ "$changes" = 5000 ] || fail "$changes changes were decoded where there are 5000"
"$PG_BIN/pg_recvlogical" "${through[@]}" -d postgres -S decoded --drop-slot
say "pg_recvlogical: $changes changes"

# --- a standby, made from the backup, that follows the primary through Howdah
if [ "$(id -u)" = 0 ]; then
  # Its files belong to the server's account, wherever the backup was written.
  server_folder standby
  cp -r "$work/backup" "$server_data"
  chown -R "$(stat -c %u:%g "$(dirname "$server_data")")" "$server_data"
else
  server_data=$work/backup
fi
standby_port=$(free_port)
sed -i "/^port\|^listen_addresses\|^unix_socket/d" "$server_data/postgresql.conf"
(
  cd /
  as_server_account "$PG_BIN/postgres" -D "$server_data" -p "$standby_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories=
) >"$work/standby.log" 2>&1 &
compat_pids[postgres:standby]=$!
follows() {
  [ "$(PGPASSWORD=postgres "$PG_BIN/psql" -X -q -At -h 127.0.0.1 -p "$standby_port" -U postgres \
    -d postgres -c "SELECT word FROM kept WHERE id = $1" 2>/dev/null)" = "$2" ]
}
await_row() {
  local tries
  for tries in $(seq 300); do
    ! follows "$1" "$2" || return 0
    sleep 0.1
  done
  fail "the standby did not get the row \"$2\"" "$work/standby.log" "$HOWDAH_LOG"
}
await_row 4711 'changed 4711'
sql -c "INSERT INTO kept VALUES (-1, 'streamed')"
await_row -1 streamed
console "SHOW CLIENTS" | grep 'streamer.*replication' >/dev/null || fail "SHOW CLIENTS has no standby"
say "a standby follows through Howdah"

# --- its primary's proxy restarts: the standby comes back by itself
stop relay
sql -c "INSERT INTO kept VALUES (-2, 'after a restart')"
start_howdah relay transaction 1 "-Dhowdah.listen.port=$HOWDAH_PORT"
await_row -2 'after a restart'
stop postgres:standby
say "it comes back after Howdah was restarted"

# --- who may not
if PGPASSWORD=plain "$PG_BIN/pg_receivewal" -h "$HOWDAH_HOST" -p "$HOWDAH_PORT" -U plain \
  -D "$work/wal" --no-loop >"$work/denied.log" 2>&1; then
  fail "a role without REPLICATION was let in"
fi
# PostgreSQL's own words, which changed over time.
grep -q 'replication role to start walsender\|permission denied to start WAL sender' \
  "$work/denied.log" || fail "the refusal is not the server's" "$work/denied.log"

senders=$(sql -c "SELECT count(*) FROM pg_stat_replication")
[ "$senders" = 0 ] || fail "$senders WAL senders are left"
say "pg_basebackup, pg_receivewal, pg_recvlogical and a standby work through Howdah ($("$PG_BIN/postgres" --version))"
