#!/usr/bin/env bash
# Runs PostgreSQL's own regression suite direct, and through Howdah in transaction and in session mode,
# and compares the outputs. MODES="session transaction" chooses the modes.
set -euo pipefail
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/suite.sh"

modes=${MODES:-transaction session} # both: each takes half a minute
work="$compat_work/regress"
mkdir -p "$work"

# --- what the suite needs ---------------------------------------------------------------------

# The server's headers, without what their package would install beside them.
fetch_headers() {
  local major=$1 package
  package=$(dpkg-query -W -f '${Version}' "postgresql-$major" 2>/dev/null || true)
  unpack_package "postgresql-server-dev-$major" "$work/headers-$major" "$package" || return 1
  headers="$work/headers-$major/usr/include/postgresql"
}

# The C functions that the suite's tests load. Without a compiler those tests differ from what is
# expected, alike in all runs.
build_library() {
  local major=$1
  modules="$work/modules"
  mkdir -p "$modules"
  cp "$("$PG_BIN/pg_config" --pkglibdir)"/{autoinc,refint}.so "$modules/" 2>/dev/null ||
    say "without autoinc.so and refint.so (package postgresql-$major): tests of triggers fail in all runs"
  fetch_headers "$major" || {
    say "without the server's headers: tests of C functions fail in all runs"
    return
  }
  if ! command -v gcc >/dev/null && ! need_packages gcc libc6-dev; then
    say "without a compiler: tests of C functions fail in all runs"
    return
  fi
  gcc -O1 -shared -fPIC -fwrapv -fno-strict-aliasing -I "$headers/$major/server" -I "$headers/internal" -I "$headers" \
    -o "$modules/regress.so" "$work/source/regress.c" >"$work/gcc.log" 2>&1 ||
    say "regress.so could not be built, so tests of C functions fail in all runs: $(head -n 1 "$work/gcc.log")"
}

# --- one run ----------------------------------------------------------------------------------

# What pg_regress does with a database of its own, done at the server itself.
create_database() {
  sql -c 'CREATE DATABASE regression TEMPLATE template0'
  local setting
  for setting in "lc_messages TO 'C'" "lc_monetary TO 'C'" "lc_numeric TO 'C'" "lc_time TO 'C'" \
    "bytea_output TO 'hex'" "timezone_abbreviations TO 'Default'"; do
    sql -c "ALTER DATABASE regression SET $setting"
  done
}

# run_suite NAME HOST PORT: leaves outputs in $work/NAME/results and verdicts in $work/NAME/verdicts.
run_suite() {
  local name=$1 host=$2 port=$3 folder
  folder="$(dirname "$PG_DATA")/regress"
  rm -rf "${work:?}/$name"
  mkdir -p "$work/$name"
  # The server itself reads and writes some of the suite's files.
  as_server mkdir -p "$folder/out"
  cp -r "$work/source" "$folder/suite"
  cp -r "$work/modules" "$folder/modules"
  chmod -R a+rX "$folder/suite" "$folder/modules"
  cp "$pg_regress" "$folder/pg_regress"
  local started=$SECONDS
  (
    cd "$folder/out"
    as_server "$folder/pg_regress" --bindir="$PG_BIN" --inputdir="$folder/suite" --outputdir="$folder/out" \
      --dlpath="$folder/modules" --schedule="$folder/suite/parallel_schedule" --max-concurrent-tests=20 \
      --host="$host" --port="$port" --user=postgres --dbname=regression --use-existing
  ) >"$work/$name/log" 2>&1 || true
  cp -r "$folder/out/." "$work/$name/"
  sed -n 's/^\(test\|    \) \+\([a-z0-9_.]\+\) \+\.\.\. \(ok\|FAILED\|failed\).*/\2 \3/p' "$work/$name/log" >"$work/$name/verdicts"
  [ -s "$work/$name/verdicts" ] || fail "pg_regress ran nothing" "$work/$name/log"
  say "  $name: $(wc -l <"$work/$name/verdicts") tests, $(failures "$name") failed, $((SECONDS - started)) s"
}

failures() { grep -vc ' ok$' "$work/$1/verdicts" || true; }

fresh_server() {
  start_postgres "$1" max_connections=300 max_prepared_transactions=2 log_min_messages=fatal
  trust_everybody
  create_database
}

# compared TEST FILE SECTIONS: the output without the sections that are not compared.
compared() {
  awk -F '\t' -v test="$1" '
    FILENAME == ARGV[1] { if ($1 == test) { count++; first[count] = $2; last[count] = $3 } next }
    !open { for (i = 1; i <= count && !open; i++) if (index($0, first[i]) == 1) open = i }
    !open { print; next }
    index($0, last[open]) == 1 { print "(a section that is not compared)"; open = 0 }
    END { if (open) print "(the section of \"" first[open] "\" has no end)" > "/dev/stderr" }' "$3" "$2"
}

# differences NAME DIRECT MODE: a line for each test whose output differs from that of the run DIRECT. Where
# both are as PostgreSQL expects they may differ: several outputs are right for some tests.
differences() {
  local name=$1 direct=$2 sections="$expected_root/regress-$3-sections.txt" test verdict patch
  [ -f "$sections" ] || sections=/dev/null
  mkdir -p "$work/$name/patches"
  while read -r test verdict; do
    patch="$work/$name/patches/$test"
    if diff -U0 <(compared "$test" "$work/$direct/results/$test.out" "$sections") \
      <(compared "$test" "$work/$name/results/$test.out" "$sections") >"$patch"; then
      rm "$patch"
    elif [ "$verdict" != ok ] || ! grep -qx "$test ok" "$work/$direct/verdicts"; then
      printf '%s\t-%s +%s\n' "$test" "$(grep -c '^-[^-]\|^-$' "$patch")" "$(grep -c '^+[^+]\|^+$' "$patch")"
    fi
  done <"$work/$name/verdicts" >"$work/$name/differences"
}

run_direct() {
  fresh_server "regress-$1"
  run_suite "$1" "$PG_HOST" "$PG_PORT"
  stop "postgres:regress-$1"
}

# run_through NAME MODE
run_through() {
  fresh_server "regress-$1"
  start_howdah "regress-$1" "$2" 25 -Dhowdah.auth.type=trust -Dhowdah.timeouts.drain=1s ${HOWDAH_OPTIONS:-}
  run_suite "$1" "$HOWDAH_HOST" "$HOWDAH_PORT"
  stop "regress-$1"
  stop "postgres:regress-$1"
}

# Some of the suite's tests depend on timing, direct too: an unexpected difference has to be there a
# second time, between two new runs. What was there the first time only is told.
try_again() {
  local mode=$1 list="regress-$1.txt"
  say "  running the suite again, direct and through Howdah"
  run_direct direct-again
  run_through "$mode-again" "$mode"
  differences "$mode-again" direct-again "$mode"
  hold_expected_again "$list" "$work/$mode/differences" "$work/$mode-again/differences"
}

# --- all runs ---------------------------------------------------------------------------------

need_packages postgresql || true
PG_BIN=$(postgres_bin) || skip "no PostgreSQL server: PostgreSQL's regression suite is left out"
version=$("$PG_BIN/postgres" --version | sed 's/^[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/')
read -r major minor <<<"$version"
fetch_regress_source "$major" "$minor" || skip "the source of PostgreSQL $major could not be fetched: its regression suite is left out"
pg_regress=$("$PG_BIN/pg_config" --pgxs | sed 's#src/makefiles/pgxs.mk#src/test/regress/pg_regress#')
[ -x "$pg_regress" ] || skip "no pg_regress beside this server: PostgreSQL's regression suite is left out"
build_library "$major"
say "PostgreSQL's regression suite of $(cat "$work/source/.version") on a server $major.$minor"

[ -n "${REUSE_DIRECT:-}" ] || run_direct direct

status=0
for mode in $modes; do
  run_through "$mode" "$mode"
  differences "$mode" direct "$mode"
  hold_expected "regress-$mode.txt" "$work/$mode/differences"
  [ "$UNEXPECTED_DIFFERENCES" = 0 ] || try_again "$mode"
  say "regress, $mode mode: $(wc -l <"$work/$mode/verdicts") tests, direct: $(failures direct) failed," \
    "through Howdah: $(failures "$mode") failed, differences: expected $EXPECTED_DIFFERENCES, unexpected $UNEXPECTED_DIFFERENCES$ONCE_ONLY"
  [ "$UNEXPECTED_DIFFERENCES" = 0 ] || status=1
done
[ "$status" = 0 ] || say "the outputs differ as compat/.work/regress/MODE/patches shows"
exit "$status"
