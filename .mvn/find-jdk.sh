#!/bin/sh
# Prints the home of a JDK that is new enough, looking where people keep them: JAVA_HOME, the
# PATH, the usual folders. Says what to install where there is none.
set -eu

needed=25

# The feature version of the JDK in $1, from its release file; nothing where there is no JDK.
version() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

try() {
  found=$(version "$1")
  if [ -n "$found" ] && [ "$found" -ge "$needed" ]; then
    echo "$1"
    exit 0
  fi
}

[ -z "${JAVA_HOME:-}" ] || try "$JAVA_HOME"

if javac=$(command -v javac); then
  real=$(readlink -f "$javac" 2>/dev/null || echo "$javac")
  try "${real%/bin/javac}"
fi

if [ -x /usr/libexec/java_home ] && home=$(/usr/libexec/java_home -v "$needed+" 2>/dev/null); then
  try "$home"
fi

for folder in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* \
  "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
  try "$folder"
done

cat >&2 <<END
Howdah needs a JDK $needed or newer, and none was found in JAVA_HOME, on the PATH or in the usual folders.
Install one, for instance the package openjdk-$needed-jdk of your distribution or Eclipse Temurin $needed,
or set JAVA_HOME to the folder of one that is already here.
END
exit 1
