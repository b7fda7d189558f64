#!/bin/sh
# Builds what the measurements need, and runs them: "run.sh compare" (the default) or "run.sh jmh",
# with the arguments of io.howdah.bench.Compare or of JMH behind it.
set -eu

cd "$(dirname "$0")/.."
what=${1:-compare}
[ $# -eq 0 ] || shift

JAVA_HOME=$(.mvn/find-jdk.sh)
export JAVA_HOME

case $what in
  compare) modules=bench,src ;;
  jmh) modules=bench ;;
  *)
    echo "compare or jmh, not $what" >&2
    exit 2
    ;;
esac

# What checks the sources is left to make test.
.mvn/run.sh -q -B -Pbench -pl "$modules" -am package -DskipTests -DskipErrorProne \
  -Dspotless.check.skip=true

java() {
  exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    --add-opens java.base/java.lang=ALL-UNNAMED -cp 'bench/target/classes:bench/target/lib/*' "$@"
}

case $what in
  compare) java io.howdah.bench.Compare src/target/quarkus-app/quarkus-run.jar bench/target "$@" ;;
  jmh) java org.openjdk.jmh.Main "$@" ;;
esac
