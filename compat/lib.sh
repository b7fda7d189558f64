# Sourced, by bash, by whatever compares PostgreSQL with Howdah in front of it: starts a PostgreSQL
# of its own and Howdah processes before it, and stops them again. The caller has set -euo pipefail.
#
#   source "$(dirname "$0")/lib.sh"
#   need_packages postgresql || skip "no PostgreSQL"
#   start_postgres main                       # PG_HOST, PG_PORT; superuser postgres, password postgres
#   sql main -c 'CREATE DATABASE shop'        # psql as the superuser, direct
#   start_howdah pooled transaction 3         # HOWDAH_HOST, HOWDAH_PORT; in front of PG_PORT
#   stop pooled                               # all that still runs is stopped at the end
#
# Call the start_… functions from the script itself, not from $(…) or a pipeline: what they start
# ends with the shell that started it.

compat_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project_root=$(dirname "$compat_root")
compat_work=${COMPAT_WORK:-$compat_root/.work}
mkdir -p "$compat_work"

# The exit code with which an app or a suite says that it could not run here; the last line that it
# printed is the reason.
readonly EXIT_SKIPPED=77

# Users whom start_howdah lets in, besides those of howdah_user.
declare -A HOWDAH_USERS=([postgres]=postgres)
declare -A compat_pids=()
declare -A compat_temp=()

say() { printf '%s\n' "$*"; }

complain() { printf '%s\n' "$*" >&2; }

# Ends the script as one that could not run here.
skip() {
  say "$*"
  exit "$EXIT_SKIPPED"
}

# Ends the script with an error. What else is known about it stands in the files named.
fail() {
  complain "$1"
  shift
  local file
  for file in "$@"; do
    [ -s "$file" ] || continue
    complain "--- the last lines of ${file#"$project_root"/}:"
    tail -n 30 "$file" >&2
  done
  exit 1
}

# --- packages ---------------------------------------------------------------------------------

package_here() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installs those of the Debian packages named that are missing. Returns 1, having said which are
# missing and why, where that can't be done.
need_packages() {
  local missing=() package log="$compat_work/apt.log"
  command -v dpkg-query >/dev/null || {
    complain "this is no Debian: install by other means what these packages have: $*"
    return 1
  }
  for package in "$@"; do
    package_here "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    complain "missing packages (apt-get install ${missing[*]})"
    return 1
  fi
  say "installing ${missing[*]}"
  # A server from a package must not start by itself, least of all on a port that is in use.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  if [ -z "${compat_apt_fresh:-}" ]; then
    apt-get update -qq >"$log" 2>&1 || complain "apt-get update failed; going on with the old lists"
    compat_apt_fresh=yes
  fi
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}" >>"$log" 2>&1; then
    complain "apt-get could not install ${missing[*]}: $(grep -m 1 '^E:' "$log" || echo "see $log")"
    return 1
  fi
}

# Whether the commands named are there; says which are not.
need_commands() {
  local command missing=()
  for command in "$@"; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  [ ${#missing[@]} -eq 0 ] || {
    complain "not on the PATH: ${missing[*]}"
    return 1
  }
}

# --- processes --------------------------------------------------------------------------------

# Whether the process NAME, started here, still runs.
running() { [ -n "${compat_pids[$1]:-}" ] && kill -0 "${compat_pids[$1]}" 2>/dev/null; }

# Stops what was started as NAME, and waits for it to end. SIGINT makes PostgreSQL end its sessions.
# Any other process gets SIGTERM: what a script starts in the background ignores SIGINT.
stop() {
  local name=$1 pid=${compat_pids[$1]:-} tries=0 signal=TERM
  unset "compat_pids[$name]"
  [[ $name != postgres:* ]] || signal=INT
  [ -n "$pid" ] && kill "-$signal" "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    # SIGQUIT ends a PostgreSQL at once, with its children; a Java process takes SIGKILL for that.
    [ "$tries" != 100 ] || kill -QUIT "$pid" 2>/dev/null || true
    [ "$tries" != 150 ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}

# Stops all that was started here: Howdah first, its servers after it.
stop_all() {
  local name
  for name in "${!compat_pids[@]}"; do
    [[ $name == postgres:* ]] || stop "$name"
  done
  for name in "${!compat_pids[@]}"; do stop "$name"; done
  for name in "${!compat_temp[@]}"; do rm -rf "${compat_temp[$name]}"; done
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A port of 127.0.0.1 on which nothing listens now.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
      echo "$port"
      return
    }
  done
}

# --- PostgreSQL -------------------------------------------------------------------------------

# The folder with the newest server's programs; COMPAT_PG_BIN overrides.
postgres_bin() {
  local found=${COMPAT_PG_BIN:-} folder
  if [ -z "$found" ]; then
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
      [ ! -x "$folder/initdb" ] || found=$folder
    done
  fi
  [ -n "$found" ] || found=$(dirname "$(command -v initdb || echo /nonexistent/initdb)")
  [ -x "$found/initdb" ] && [ -x "$found/postgres" ] || {
    complain "no PostgreSQL server here (package postgresql), nor in COMPAT_PG_BIN"
    return 1
  }
  echo "$found"
}

# Runs a command as somebody whom PostgreSQL accepts: it refuses root. The pid is the command's own.
as_server_account() {
  if [ "$(id -u)" != 0 ]; then exec "$@"; fi
  local account=postgres
  getent passwd postgres >/dev/null || account=nobody
  exec setpriv --reuid "$account" --regid "$(id -g "$account")" --clear-groups --pdeathsig INT "$@"
}

# A new folder for the server NAME's data, owned by the server's account and reachable for it.
server_folder() {
  local folder="$compat_work/postgres-$1"
  rm -rf "$folder"
  mkdir -p "$folder"
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder" 2>/dev/null || chown nobody "$folder"
    if ! (as_server_account test -w "$folder") 2>/dev/null; then
      # Some folder above is closed to the account.
      rmdir "$folder"
      folder=$(mktemp -d)
      compat_temp[$1]=$folder
      chown postgres "$folder" 2>/dev/null || chown nobody "$folder"
    fi
  fi
  server_data=$folder/data
}

# start_postgres NAME [setting=value …]: a fresh cluster on 127.0.0.1; logins by SCRAM-SHA-256.
# Sets PG_HOST, PG_PORT, PG_DATA, PG_BIN. The superuser is postgres, with the password postgres.
start_postgres() {
  local name=$1 log="$compat_work/postgres-$1.log" setting settings=() tries
  shift
  for setting in "$@"; do settings+=(-c "$setting"); done
  PG_BIN=$(postgres_bin) || exit 1
  server_folder "$name"
  PG_DATA=$server_data PG_HOST=127.0.0.1
  : >"$log"
  echo postgres >"$PG_DATA.password"
  chmod a+r "$PG_DATA.password"
  (
    cd /
    as_server_account "$PG_BIN/initdb" -D "$PG_DATA" -U postgres --encoding=UTF8 --locale=C.UTF-8 \
      --auth=scram-sha-256 --pwfile="$PG_DATA.password" --no-sync --no-instructions
  ) >>"$log" 2>&1 || fail "initdb failed" "$log"
  for tries in 1 2 3; do
    PG_PORT=$(free_port)
    (
      cd /
      # Defaults of PostgreSQL but for what makes a test's server quick.
      as_server_account "$PG_BIN/postgres" -D "$PG_DATA" -p "$PG_PORT" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c timezone=UTC \
        "${settings[@]}"
    ) >>"$log" 2>&1 &
    compat_pids[postgres:$name]=$!
    if postgres_up "$name"; then return; fi
  done
  fail "PostgreSQL did not start" "$log"
}

# Whether the server NAME, just started, takes connections; false when it has ended.
postgres_up() {
  local tries
  for tries in $(seq 300); do
    "$PG_BIN/pg_isready" -q -h "$PG_HOST" -p "$PG_PORT" && running "postgres:$1" && return 0
    running "postgres:$1" || return 1
    sleep 0.1
  done
  return 1
}

# psql as the superuser, direct, in the database postgres unless -d says otherwise; ends at an error.
sql() {
  PGPASSWORD=postgres PGOPTIONS= "$PG_BIN/psql" -X -q -At -v ON_ERROR_STOP=1 \
    -h "$PG_HOST" -p "$PG_PORT" -U postgres -d postgres "$@"
}

# add_user NAME PASSWORD [attributes of CREATE ROLE …]: a role that may log in, known to PostgreSQL
# and to each Howdah started from now on.
add_user() {
  local name=$1 password=$2
  shift 2
  sql -c "CREATE ROLE \"$name\" LOGIN PASSWORD '$password' $*"
  HOWDAH_USERS[$name]=$password
}

# --- Howdah -----------------------------------------------------------------------------------

howdah_jar="$project_root/src/target/quarkus-app/quarkus-run.jar"

# Builds the application if it is not there, or older than a source.
build_howdah() {
  local log="$compat_work/build.log"
  if [ -f "$howdah_jar" ] && [ -z "$(find "$project_root"/proxy/src/main "$project_root"/src/main \
    "$project_root"/pom.xml -newer "$howdah_jar" -type f -print -quit)" ]; then
    return
  fi
  say "building Howdah"
  (cd "$project_root" && .mvn/run.sh -q -B -pl src -am package -DskipTests -DskipErrorProne \
    -Dspotless.check.skip=true) >"$log" 2>&1 || fail "the build failed" "$log"
  touch "$howdah_jar"
}

# start_howdah NAME MODE SIZE [-Dhowdah.key=value …]: a Howdah process in the pool mode MODE (session,
# transaction or statement) with pools of SIZE server connections, in front of the PostgreSQL started
# last. Sets HOWDAH_HOST, HOWDAH_PORT, HOWDAH_LOG. Only one option is not its default: the size.
start_howdah() {
  local name=$1 mode=$2 size=$3 home="$compat_work/howdah-$1" java user
  shift 3
  build_howdah
  java=$("$project_root/.mvn/find-jdk.sh")/bin/java || exit 1
  rm -rf "$home"
  mkdir -p "$home/config"
  for user in "${!HOWDAH_USERS[@]}"; do
    printf '"%s" "%s"\n' "$user" "${HOWDAH_USERS[$user]}"
  done >"$home/config/users.txt"
  cat >"$home/config/application.yaml" <<YAML
howdah:
  listen:
    port: 0
  clusters:
    main:
      hosts:
        - ${PG_HOST}:${PG_PORT}
      probe:
        user: postgres
        password: postgres
  databases:
    "*":
      cluster: main
  auth:
    users-file: config/users.txt
    admin-users:
      - postgres
  pool:
    mode: $mode
    default-size: $size
quarkus:
  http:
    host: 127.0.0.1
    port: 0
YAML
  HOWDAH_HOST=127.0.0.1 HOWDAH_LOG="$home/howdah.log"
  (
    cd "$home"
    exec "$java" -Xmx512m --add-opens java.base/java.lang=ALL-UNNAMED \
      --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "$@" -jar "$howdah_jar"
  ) >"$HOWDAH_LOG" 2>&1 &
  compat_pids[$name]=$!
  local tries
  for tries in $(seq 600); do
    # The announcement's last word is the port.
    HOWDAH_PORT=$(sed -n 's/^.*Howdah .* listens on .* -p \([0-9]*\)$/\1/p' "$HOWDAH_LOG")
    [ -z "$HOWDAH_PORT" ] || ! howdah_serves || return 0
    running "$name" || fail "Howdah did not start" "$HOWDAH_LOG"
    sleep 0.1
  done
  fail "Howdah did not serve within a minute" "$HOWDAH_LOG"
}

# Whether the Howdah started last has found its server.
howdah_serves() {
  PGPASSWORD=postgres PGCONNECT_TIMEOUT=5 "$PG_BIN/psql" -X -q -At -h "$HOWDAH_HOST" \
    -p "$HOWDAH_PORT" -U postgres -d postgres -c 'SELECT 1' >/dev/null 2>&1
}

# A command of the admin console of the Howdah started last.
console() {
  PGPASSWORD=postgres "$PG_BIN/psql" -X -q -At -h "$HOWDAH_HOST" -p "$HOWDAH_PORT" -U postgres \
    -d howdah -c "$1"
}
