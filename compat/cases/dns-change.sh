#!/usr/bin/env bash
# The primary's name gets another address, as at a failover by DNS: Howdah follows within 5 seconds.
# It puts a name into /etc/hosts and takes it out again, so it needs root.
set -euo pipefail
: "${HOWDAH_JAR:?}" "${JAVA:?}" "${PRIMARY_PORT:?}"
[ "$(id -u)" = 0 ] || { echo "  changing /etc/hosts takes root"; exit 77; }

name=primary.case.test folder=$(mktemp -d) hosts=$(mktemp) pid=
cat /etc/hosts >"$hosts"
finish() {
  cat "$hosts" >/etc/hosts
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder" "$hosts"
}
trap finish EXIT
address() { { cat "$hosts"; echo "$1 $name"; } >/etc/hosts; }
jar=$HOWDAH_JAR port=$((20000 + RANDOM % 12000))

mkdir "$folder/config"
printf '"demo" "demo"\n' >"$folder/users.txt"
chmod 600 "$folder/users.txt"
cat >"$folder/config/application.properties" <<P
howdah.listen.port=$port
howdah.clusters.main.hosts=$name:$PRIMARY_PORT
howdah.clusters.main.probe.user=probe
howdah.clusters.main.probe.password=probe
howdah.clusters.main.probe.database=postgres
howdah.databases."*".cluster=main
howdah.auth.users-file=$folder/users.txt
howdah.timeouts.query-wait=90s
quarkus.http.host=127.0.0.1
quarkus.http.port=0
P
address 127.0.0.9 # Nobody listens there.
(
  cd "$folder"
  unset HOWDAH_PORT HOWDAH_RO_PORT HOWDAH_HTTP_PORT HOWDAH_JAR
  exec "$JAVA" --enable-native-access=ALL-UNNAMED -jar "$jar"
) >"$folder/log" 2>&1 &
pid=$!
for _ in $(seq 600); do
  grep -q 'listens on' "$folder/log" && break
  kill -0 "$pid" || { cat "$folder/log"; exit 1; }
  sleep 0.1
done
# Long enough for the old address to have been asked for, and be remembered.
sleep 6
address 127.0.0.1
begun=$(date +%s%N)
PGPASSWORD=demo psql -XqAtc "SELECT 'served'" -h 127.0.0.1 -p "$port" -U demo demo ||
  { echo "  FAIL no answer"; tail -n 5 "$folder/log"; exit 1; }
took=$((($(date +%s%N) - begun) / 1000000))
if [ "$took" -gt 5000 ]; then
  echo "  FAIL it followed after $took ms"
  exit 1
fi
echo "  ok   it followed within $took ms"
