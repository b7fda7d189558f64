# Sourced by the suites, after compat/lib.sh: fetching what they need, and holding the differences
# that were found against the lists in expected/.

# The pool modes to go through: those of MODES, else transaction mode, with FULL=1 session mode as well.
modes=${MODES:-transaction${FULL:+ session}}

suites_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
expected_root="$suites_root/expected"

# Runs a command as the server's account, and waits for it.
as_server() { (as_server_account "$@"); }

# Lets everybody in at the server started last: suites make roles without passwords.
trust_everybody() {
  printf 'host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n' >"$PG_DATA/pg_hba.conf"
  sql -c 'SELECT pg_reload_conf()' >/dev/null
}

# --- Debian's archive -------------------------------------------------------------------------

# apt-get with state of its own, which needs no root, and with the sources of packages.
own_apt() {
  local program=$1 apt="$compat_work/apt"
  shift
  "$program" -o "Dir::State=$apt/state" -o "Dir::Cache=$apt/cache" -o "Dir::State::status=/var/lib/dpkg/status" \
    -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/sources" \
    -o APT::Sandbox::User= -o Acquire::Retries=2 "$@"
}

# Reads the archive's lists again, once a run.
refresh_own_apt() {
  [ -z "${own_apt_fresh:-}" ] || return 0
  own_apt_fresh=yes
  local apt="$compat_work/apt" file
  rm -rf "$apt/sources"
  mkdir -p "$apt/sources" "$apt/state/lists/partial" "$apt/cache/archives/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] || continue
    sed -n '/debian\|ubuntu\|postgresql/ { /^deb /p; s/^deb /deb-src /p }' "$file" >"$apt/sources/$(basename "$file" .list).list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && grep -q '^URIs:.*\(debian\|ubuntu\|postgresql\)' "$file" || continue
    sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$apt/sources/$(basename "$file")"
  done
  own_apt apt-get update -qq >"$compat_work/own-apt.log" 2>&1 || true
}

# unpack_package NAME FOLDER [version]: the files of a Debian package, without installing it.
unpack_package() {
  local name=$1 folder=$2 version=${3:+=$3} downloads="$compat_work/apt/downloads-$1"
  [ ! -e "$folder/.unpacked" ] || return 0
  refresh_own_apt
  rm -rf "$folder" "$downloads"
  mkdir -p "$folder" "$downloads"
  (cd "$downloads" && own_apt apt-get download -qq "$name$version") >>"$compat_work/own-apt.log" 2>&1 ||
    (cd "$downloads" && own_apt apt-get download -qq "$name") >>"$compat_work/own-apt.log" 2>&1 || {
    complain "the package $name could not be fetched: $(tail -n 1 "$compat_work/own-apt.log")"
    return 1
  }
  dpkg -x "$downloads"/*.deb "$folder"
  touch "$folder/.unpacked"
}

# fetch_regress_source MAJOR MINOR: unpacks src/test/regress of the source package that fits the server
# best into $compat_work/regress/source.
fetch_regress_source() {
  local major=$1 minor=$2 versions version name="postgresql-$1" folder="$compat_work/regress"
  [ ! -e "$folder/source/.version" ] || return 0
  refresh_own_apt
  versions=$(own_apt apt-cache showsrc "$name" 2>/dev/null | sed -n 's/^Version: //p' | sort -rVu)
  versions="$(grep "^$major\.$minor-" <<<"$versions" || true) $(grep -v "^$major\.$minor-" <<<"$versions" || true)"
  rm -rf "$folder/source" "$folder/fetched"
  mkdir -p "$folder/source" "$folder/fetched"
  for version in $versions; do
    if (cd "$folder/fetched" && own_apt apt-get source -qq --download-only --tar-only "$name=$version") \
      >>"$compat_work/own-apt.log" 2>&1; then
      tar -xf "$folder/fetched/"*.orig.tar.* -C "$folder/source" --strip-components=4 --wildcards '*/src/test/regress'
      echo "$version" >"$folder/source/.version"
      return
    fi
    say "the source of $name $version is not to be had from the archive"
  done
  return 1
}

# --- what was expected ------------------------------------------------------------------------

# hold_expected LIST FOUND: compares the differences found with the list expected/LIST. A line of
# either is a test and how it differs, parted by a tab. In the list a test may be "class/*" for all of
# a class, a third field names the reason, a heading of docs/compatibility.md, and the second may be
# "*" (it differs, in one way or another), "?" (it may differ: that depends on which server connection
# serves what) or "?" with a difference (it may differ in that way). Sets EXPECTED_DIFFERENCES,
# UNEXPECTED_DIFFERENCES and ONCE_ONLY (none), and says which are unexpected.
hold_expected() {
  local verdicts="$compat_work/held-$1"
  judge "$1" "$2" >"$verdicts"
  EXPECTED_DIFFERENCES=$(grep -c '^expected$' "$verdicts" || true)
  UNEXPECTED_DIFFERENCES=$(grep -c '^unexpected' "$verdicts" || true)
  ONCE_ONLY=
  grep '^unexpected' "$verdicts" | sort | sed 's/^/  /' || true
}

# hold_expected_again LIST FOUND FOUND-AGAIN: as hold_expected, where only what is unexpected both times
# counts. ONCE_ONLY tells in words what was so in one of two runs.
hold_expected_again() {
  local verdicts="$compat_work/held-$1" both="$compat_work/held-both-$1" once
  judge "$1" "$2" >"$verdicts"
  judge "$1" "$3" >"$verdicts-again"
  awk -F ': ' '
    FILENAME == ARGV[1] { unexpected[$2] = /^unexpected/; next }
    /^unexpected/ && unexpected[$2]' "$verdicts" "$verdicts-again" >"$both"
  once=$(awk -F ': ' '
    FILENAME == ARGV[1] { both[$2] = 1; next }
    /^unexpected/ && !($2 in both) { print $2 }' \
    "$both" <(cat "$verdicts" "$verdicts-again") | sort -u | paste -s -d ' ')
  EXPECTED_DIFFERENCES=$(grep -c '^expected$' "$verdicts-again" || true)
  UNEXPECTED_DIFFERENCES=$(grep -c '' "$both" || true)
  ONCE_ONLY=${once:+, in one of two runs only: $once}
  sort "$both" | sed 's/^/  twice /'
}

# judge LIST FOUND: "expected", or "unexpected: " with the test and what is unexpected.
judge() {
  local list="$expected_root/$1" found=$2
  awk -F '\t' '
    FNR == NR { if ($0 !~ /^#/ && NF > 1) listed[$1] = $2; next }
    {
      line = $1
      if (!(line in listed)) sub("/.*", "/*", line)
      seen[line] = 1
      if (!(line in listed)) print "unexpected: " $1 ": " $2
      else if (listed[line] == "*" || listed[line] == "?" || listed[line] == $2 || listed[line] == "?" $2) print "expected"
      else print "unexpected: " $1 ": " $2 ", and not " listed[line]
    }
    END {
      for (line in listed) if (!(line in seen) && listed[line] !~ /^\?/)
        print "unexpected: " line ": no difference any more, remove it from the list"
    }' "$list" "$found"
}
