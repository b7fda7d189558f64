#!/usr/bin/env bash
# Runs the test suite of pgjdbc, the JDBC driver, through Howdah in transaction mode, with FULL=1 in
# session mode as well, and direct, and compares the verdicts. Direct only the classes run in which a
# test did not pass through Howdah: what passes says enough. FULL=1 runs all of them, and the slow tests
# that need no server. MODES="session transaction" chooses the modes.
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

# through MODE FILE [class …]: all tests, or those classes, through a new Howdah and a new server.
through() {
  local mode=$1 file=$2 size=20
  shift 2
  fresh_server "pgjdbc-$mode"
  # The suite has pools of its own, which it leaves open.
  [ "$mode" != session ] || size=100
  start_howdah "pgjdbc-$mode" "$mode" "$size" -Dhowdah.timeouts.drain=1s ${HOWDAH_OPTIONS:-}
  run_tests "$file" "$HOWDAH_HOST" "$HOWDAH_PORT" "$@"
  stop "pgjdbc-$mode"
  stop "postgres:pgjdbc-$mode"
}

# direct FILE [class …]: the same without Howdah.
direct() {
  local file=$1
  shift
  fresh_server pgjdbc-direct
  run_tests "$file" "$PG_HOST" "$PG_PORT" "$@"
  stop postgres:pgjdbc-direct
}

told() {
  say "  $1: $(wc -l <"$2") tests, $(count "$2" failed) failed, $(count "$2" skipped) skipped, $((SECONDS - $3)) s"
}

# direct_where_needed FILE…: the direct run of the classes in which a test of these runs did not pass. In
# $work/direct the others are as in the first of these runs.
direct_where_needed() {
  local classes
  awk -F '\t' '$2 != "passed" { sub("/.*", "", $1); print "org.postgresql." $1 }' "$@" | sort -u >"$work/suspects"
  mapfile -t classes <"$work/suspects"
  direct "$work/direct-suspects" "${classes[@]}"
  awk -F '\t' '
    FILENAME == ARGV[1] { suspect[$0] = 1; next }
    { class = $1; sub("/.*", "", class) }
    !("org.postgresql." class in suspect)' "$work/suspects" "$1" |
    sort - "$work/direct-suspects" >"$work/direct"
  told "direct, the ${#classes[@]} classes of which a test did not pass" "$work/direct-suspects" "$started"
}

# Timing must not decide: classes with unexpected differences get a second chance, alone. What passes then
# is told.
try_again() {
  local mode=$1 classes once
  mapfile -t classes < <(unlisted_classes "pgjdbc-$mode.txt" "$work/$mode.differences")
  [ ${#classes[@]} -gt 0 ] && [ ${#classes[@]} -le 20 ] || return 0
  say "  running ${#classes[@]} classes with unexpected differences again"
  cp "$work/$mode.differences" "$work/$mode.differences-once"
  through "$mode" "$work/$mode.again" "${classes[@]}"
  awk -F '\t' 'FILENAME == ARGV[1] { again[$1] = $0; next } { print ($1 in again) ? again[$1] : $0 }' \
    "$work/$mode.again" "$work/$mode" >"$work/$mode.both"
  mv "$work/$mode.both" "$work/$mode"
  differences "$work/direct" "$work/$mode" >"$work/$mode.differences"
  hold_expected "pgjdbc-$mode.txt" "$work/$mode.differences"
  once=$(comm -23 <(cut -f 1 "$work/$mode.differences-once" | sort) <(cut -f 1 "$work/$mode.differences" | sort))
  [ -z "$once" ] || {
    sed 's/^/  passed on the second run: /' <<<"$once"
    ONCE_ONLY=", passed on the second run $(wc -l <<<"$once")"
  }
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

runs=()
for mode in $modes; do
  started=$SECONDS
  through "$mode" "$work/$mode"
  told "$mode" "$work/$mode" "$started"
  runs+=("$work/$mode")
done
started=$SECONDS
if [ -n "${REUSE_DIRECT:-}" ]; then
  say "  direct: as last time"
elif [ -n "${FULL:-}" ]; then
  direct "$work/direct"
  told direct "$work/direct" "$started"
else
  direct_where_needed "${runs[@]}"
fi

status=0
for mode in $modes; do
  differences "$work/direct" "$work/$mode" >"$work/$mode.differences"
  hold_expected "pgjdbc-$mode.txt" "$work/$mode.differences"
  [ "$UNEXPECTED_DIFFERENCES" = 0 ] || try_again "$mode"
  say "pgjdbc, $mode mode: $(wc -l <"$work/$mode") tests, direct: $(count "$work/direct" failed) failed," \
    "through Howdah: $(count "$work/$mode" failed) failed, differences: expected $EXPECTED_DIFFERENCES, unexpected $UNEXPECTED_DIFFERENCES$ONCE_ONLY"
  [ "$UNEXPECTED_DIFFERENCES" = 0 ] || status=1
done
exit "$status"
