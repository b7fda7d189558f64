#!/usr/bin/env bash
# Runs the test suite of pgjdbc, the JDBC driver, direct, and through Howdah in transaction mode, with
# FULL=1 in session mode as well, and compares the verdicts. MODES="session transaction" chooses the
# modes; FULL=1 also runs the slow tests that need no server.
set -euo pipefail
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/suite.sh"

version=42.7.10
work="$compat_work/pgjdbc"
source_folder="$work/postgresql-$version-jdbc-src"
mkdir -p "$work"

# --- what the suite needs ---------------------------------------------------------------------

mvn_quietly() { "$project_root/.mvn/run.sh" -q -B "$@" >>"$work/maven.log" 2>&1; }

# The sources from Maven Central, compiled, and the classpath of their tests.
build_suite() {
  [ ! -f "$work/classpath" ] || return 0
  : >"$work/maven.log"
  say "fetching and compiling the tests of pgjdbc $version"
  mvn_quietly dependency:copy "-Dartifact=org.postgresql:postgresql:$version:tar.gz:jdbc-src" "-DoutputDirectory=$work" ||
    return 1
  rm -rf "$source_folder"
  tar -xzf "$work/postgresql-$version-jdbc-src.tar.gz" -C "$work"
  mvn_quietly -f "$source_folder/pom.xml" -DskipShadeDependencies=true test-compile dependency:build-classpath \
    "-Dmdep.outputFile=$work/dependencies" || fail "the tests of pgjdbc could not be compiled" "$work/maven.log"
  echo "$source_folder/target/test-classes:$source_folder/target/classes:$(cat "$work/dependencies")" \
    >"$work/classpath"
}

# --- one run ----------------------------------------------------------------------------------

fresh_server() {
  HOWDAH_USERS=([postgres]=postgres)
  start_postgres "$1" max_connections=200 max_prepared_transactions=64
  add_user test test
  sql -c 'CREATE DATABASE test OWNER test'
  sql -d test -c 'CREATE EXTENSION hstore' -c 'CREATE EXTENSION citext' 2>/dev/null ||
    say "  without the extensions hstore and citext (package postgresql-contrib)"
}

# run_tests FILE HOST PORT [class …]: the verdicts, sorted, go into FILE.
run_tests() {
  local file=$1 host=$2 port=$3
  shift 3
  (
    cd "$source_folder"
    "$java" -ea -Xmx1g -Dbuild.properties.relative.path=. -Duser=test -Dpassword=test -DprivilegedPassword=postgres \
      "-Dtest.url.PGHOST=$host" "-Dtest.url.PGPORT=$port" -cp "$(cat "$work/classpath")" \
      "$suites_root/pgjdbc/SuiteRun.java" target/test-classes "$left_out" "$file.raw" "$@" \
      2>"$file.log"
  ) || fail "the tests of pgjdbc did not end" "$file.log"
  sort "$file.raw" >"$file"
}

count() { cut -f 2 "$1" | grep -c "^$2\$" || true; }

# differences DIRECT THROUGH: a line for each test with another verdict, but for those that fail direct,
# which say nothing about Howdah.
differences() {
  join -t $'\t' -a 1 -a 2 -e absent -o 0,1.2,2.2 <(cut -f 1,2 "$1" | sort -u) <(cut -f 1,2 "$2" | sort -u) |
    awk -F '\t' '$2 != $3 && $2 != "failed" { print $1 "\t" $2 " > " $3 }'
}

# unlisted_classes LIST FOUND: the classes of the differences that the list lacks.
unlisted_classes() {
  awk -F '\t' '
      FNR == NR { listed[$1] = 1; next }
      { test = $1; sub("/.*", "", $1) }
      !(test in listed) && !($1 "/*" in listed) { print "org.postgresql." $1 }' \
    "$expected_root/$1" "$2" | sort -u
}

# Timing must not decide: classes with unexpected differences get a second chance, alone.
try_again() {
  local mode=$1 classes
  mapfile -t classes < <(unlisted_classes "pgjdbc-$mode.txt" "$work/$mode.differences")
  [ ${#classes[@]} -gt 0 ] && [ ${#classes[@]} -le 20 ] || return 0
  say "    running ${#classes[@]} classes with unexpected differences again"
  run_tests "$work/$mode.again" "$HOWDAH_HOST" "$HOWDAH_PORT" "${classes[@]}"
  awk -F '\t' 'FNR == NR { again[$1] = $0; next } { print ($1 in again) ? again[$1] : $0 }' \
    "$work/$mode.again" "$work/$mode" >"$work/$mode.both"
  mv "$work/$mode.both" "$work/$mode"
  differences "$work/direct" "$work/$mode" >"$work/$mode.differences"
}

# --- all runs ---------------------------------------------------------------------------------

java=$("$project_root/.mvn/find-jdk.sh")/bin/java || exit 1
need_packages postgresql || true
postgres_bin >/dev/null || skip "no PostgreSQL server: the tests of pgjdbc are left out"
build_suite || skip "pgjdbc's sources could not be fetched: its tests are left out"
left_out="$work/left-out"
kinds='endless|slow'
[ -z "${FULL:-}" ] || kinds=endless
grep -E "^($kinds)"$'\t' "$suites_root/pgjdbc/left-out.txt" | cut -f 2 >"$left_out"
say "the tests of pgjdbc $version"

run_direct() {
  local started=$SECONDS
  fresh_server pgjdbc-direct
  run_tests "$work/direct" "$PG_HOST" "$PG_PORT" "$@"
  stop postgres:pgjdbc-direct
  say "  direct: $(wc -l <"$work/direct") tests, $(count "$work/direct" failed) failed, $(count "$work/direct" skipped) skipped, $((SECONDS - started)) s"
}
[ -n "${REUSE_DIRECT:-}" ] || run_direct

status=0
for mode in $modes; do
  started=$SECONDS
  fresh_server "pgjdbc-$mode"
  # The suite has pools of its own, which it leaves open.
  size=20
  [ "$mode" != session ] || size=100
  start_howdah "pgjdbc-$mode" "$mode" "$size" -Dhowdah.timeouts.drain=1s ${HOWDAH_OPTIONS:-}
  run_tests "$work/$mode" "$HOWDAH_HOST" "$HOWDAH_PORT"
  say "  $mode: $(wc -l <"$work/$mode") tests, $(count "$work/$mode" failed) failed, $(count "$work/$mode" skipped) skipped, $((SECONDS - started)) s"
  differences "$work/direct" "$work/$mode" >"$work/$mode.differences"
  try_again "$mode"
  stop "pgjdbc-$mode"
  stop "postgres:pgjdbc-$mode"
  hold_expected "pgjdbc-$mode.txt" "$work/$mode.differences"
  say "pgjdbc, $mode mode: $(wc -l <"$work/$mode") tests, direct: $(count "$work/direct" failed) failed," \
    "through Howdah: $(count "$work/$mode" failed) failed, differences: expected $EXPECTED_DIFFERENCES, unexpected $UNEXPECTED_DIFFERENCES"
  [ "$UNEXPECTED_DIFFERENCES" = 0 ] || status=1
done
exit "$status"
