#!/usr/bin/env bash
# Gives every statement of PostgreSQL's own regression SQL to a replica and to the primary of an embedded
# cluster, and holds what the classifier says of its text against what became of it: a read that a replica
# refuses, or that writes, is an exception and must be in expected/corpus.txt; and of what a replica could
# have served, no more than expected/corpus-lost.txt says may be kept from it.
set -euo pipefail
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/suite.sh"

work="$compat_work/corpus"
mkdir -p "$work"

need_packages postgresql || true
need_commands psql || skip "no psql: the corpus is left out"
bin=$(postgres_bin) || skip "no PostgreSQL server, which says whose regression SQL to fetch: the corpus is left out"
read -r major minor < <("$bin/postgres" --version | sed 's/^[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/')
fetch_regress_source "$major" "$minor" ||
  skip "the source of PostgreSQL $major could not be fetched: the corpus is left out"
say "PostgreSQL's regression SQL of $(cat "$work/../regress/source/.version") as a corpus for the classifier"

rm -f "$work"/*.t[sx][vt]
set +e
"$project_root/.mvn/run.sh" -q -B -f "$project_root/pom.xml" -pl proxy,lab,e2e -am test \
  -Dtest=RegressionCorpus -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip=true \
  "-Dcorpus.scripts=$compat_work/regress/source" "-Dcorpus.results=$work" 2>&1 | tee "$work/log" |
  grep --line-buffered -E '^[0-9]+/[0-9]+ '
code=${PIPESTATUS[0]}
set -e
[ "$code" = 0 ] && [ -s "$work/summary.txt" ] || fail "the corpus did not come to its end" "$work/log"

cat "$work/summary.txt"
hold_expected corpus.txt "$work/exceptions.txt"
lost=$(cat "$work/lost.txt")
bound=$(grep -v '^#' "$expected_root/corpus-lost.txt")
say "corpus: $(sed -n 's/^statements: //p' "$work/summary.txt") statements, exceptions: expected $EXPECTED_DIFFERENCES," \
  "unexpected $UNEXPECTED_DIFFERENCES, lost reads: $lost per mille of at most $bound"
[ "$UNEXPECTED_DIFFERENCES" = 0 ] && [ "$lost" -le "$bound" ]
