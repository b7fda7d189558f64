#!/bin/sh
# Runs Maven, with the arguments given, on a JDK that is new enough.
set -eu

JAVA_HOME=$("$(dirname "$0")/find-jdk.sh")
export JAVA_HOME

if ! command -v mvn >/dev/null; then
  echo "Howdah is built with Maven 3.8 or newer, and mvn is not on the PATH: install the package maven." >&2
  exit 1
fi

exec mvn "$@"
