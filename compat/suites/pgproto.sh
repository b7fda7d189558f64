#!/usr/bin/env bash
# Speaks the protocol by the scripts in pgproto/ with the tool pgproto (Debian package pgpool2),
# direct, and through Howdah in session and in transaction mode, and compares what it heard.
# MODES="session transaction" chooses the modes.
set -euo pipefail
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/suite.sh"

modes=${MODES:-session transaction} # both: they take seconds
work="$compat_work/pgproto"
mkdir -p "$work"

# pgproto with the libraries of its package, which is not installed.
fetch_pgproto() {
  if command -v pgproto >/dev/null; then
    pgproto=(pgproto)
    return
  fi
  local package
  for package in pgpool2 libpgpool2 libmemcached11 libhashkit2; do
    unpack_package "$package" "$work/$package" || [ "$package" != pgpool2 ] || return 1
  done
  local tool libraries
  tool=$(find "$work/pgpool2" -name pgproto -type f -perm -u+x -print -quit)
  libraries=$(find "$work" -name '*.so.*' -printf '%h\n' | sort -u | paste -s -d :)
  [ -n "$tool" ] || return 1
  pgproto=(env "LD_LIBRARY_PATH=$libraries" "$tool")
  "${pgproto[@]}" --version >/dev/null 2>"$work/pgproto.log" || {
    complain "pgproto does not run: $(head -n 1 "$work/pgproto.log")"
    return 1
  }
}

# speak NAME HOST PORT: what each script heard goes into $work/NAME.
speak() {
  local name=$1 host=$2 port=$3 script
  rm -rf "${work:?}/$name"
  mkdir -p "$work/$name"
  for script in "$suites_root"/pgproto/*.data; do
    sql -d proto -c 'TRUNCATE proto_rows, proto_copy' -c "INSERT INTO proto_rows VALUES (1, 'one'), (2, 'two')"
    PGPASSWORD=proto timeout 60 "${pgproto[@]}" -h "$host" -p "$port" -u proto -d proto -f "$script" \
      >"$work/$name/$(basename "$script" .data)" 2>&1 </dev/null ||
      echo "pgproto ended with $?" >>"$work/$name/$(basename "$script" .data)"
  done
}

differences() {
  local name=$1 file
  mkdir -p "$work/$name-patches"
  for file in "$work/direct"/*; do
    file=$(basename "$file")
    diff -U0 <(heard "$work/direct/$file") <(heard "$work/$name/$file") >"$work/$name-patches/$file" ||
      printf '%s\t-%s +%s\n' "$file" "$(grep -c '^-[^-]' "$work/$name-patches/$file")" "$(grep -c '^+[^+]' "$work/$name-patches/$file")"
  done >"$work/$name.differences"
}

# The number of the process that sent a notification differs from run to run.
heard() { sed -E 's/(Notification.*pid[^0-9]*)[0-9]+/\1N/' "$1"; }

need_packages postgresql || true
postgres_bin >/dev/null || skip "no PostgreSQL server: pgproto's scripts are left out"
fetch_pgproto || skip "the package pgpool2 could not be fetched: pgproto's scripts are left out"
start_postgres pgproto
add_user proto proto
sql -c 'CREATE DATABASE proto OWNER proto'
PGUSER=proto sql -d proto -c 'SET ROLE proto' -c 'CREATE TABLE proto_rows (id int PRIMARY KEY, note text)' \
  -c 'CREATE TABLE proto_copy (line text)'
speak direct "$PG_HOST" "$PG_PORT"
total=$(find "$work/direct" -type f | wc -l)
if broken=$(grep -l '^pgproto ended with' "$work/direct"/*); then
  fail "pgproto failed direct" $broken
fi

status=0
for mode in $modes; do
  start_howdah "pgproto-$mode" "$mode" 3 -Dhowdah.timeouts.drain=1s ${HOWDAH_OPTIONS:-}
  speak "$mode" "$HOWDAH_HOST" "$HOWDAH_PORT"
  stop "pgproto-$mode"
  differences "$mode"
  hold_expected "pgproto-$mode.txt" "$work/$mode.differences"
  say "pgproto, $mode mode: $total tests, direct: 0 failed," \
    "through Howdah: $(wc -l <"$work/$mode.differences") failed, differences: expected $EXPECTED_DIFFERENCES, unexpected $UNEXPECTED_DIFFERENCES"
  [ "$UNEXPECTED_DIFFERENCES" = 0 ] || status=1
done
exit "$status"
