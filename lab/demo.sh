#!/bin/sh
# Builds what the demo needs, if anything changed since the last time, and runs it.
set -eu

cd "$(dirname "$0")/.."
JAVA_HOME=$(.mvn/find-jdk.sh)
export JAVA_HOME

stamp=lab/target/demo-built
log=lab/target/demo-build.log

# All that the build reads, with sizes and times: a file added or removed counts as well.
sources() {
  find pom.xml .mvn proxy src lab -name target -prune -o -type f -exec ls -ln --time-style=full-iso {} + | cksum
}

built() {
  [ -f src/target/quarkus-app/quarkus-run.jar ] && [ -d lab/target/lib ] && [ -d lab/target/classes ]
}

# Maven's own lines are many; these show that it is alive and where it is.
progress() {
  awk '
    { print > full; fflush(full) }
    /^\[INFO\] Building Howdah [^0-9]/ { print "  building " tolower($3) " " $4; fflush() }
    / Downloaded from / || /^Downloaded from / {
      if (++fetched % 100 == 0) { print "  fetched " fetched " files for the build"; fflush() }
    }
    /BUILD SUCCESS/ { ok = 1 }
    END { exit !ok }
  ' full="$log"
}

before=$(sources)
if ! built || [ "$before" != "$(cat "$stamp" 2>/dev/null || true)" ]; then
  if built; then
    echo "building what changed …"
  else
    echo "building (the first time, Maven also fetches what it needs; that takes a few minutes) …"
  fi
  mkdir -p lab/target
  # What checks the sources is left to make test.
  if ! .mvn/run.sh -B -pl src,lab -am package -DskipTests -DskipErrorProne \
    -Dspotless.check.skip=true 2>&1 | progress; then
    grep -E '^\[ERROR\]|^Howdah' "$log" >&2 || tail -n 30 "$log" >&2
    echo "the build failed; all that Maven said is in $log" >&2
    exit 1
  fi
  echo "$before" >"$stamp"
fi

exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp 'lab/target/classes:lab/target/lib/*' \
  io.howdah.lab.Demo "$PWD"
