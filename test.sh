#!/usr/bin/env bash
# All tests of lienthong, for the hand and for CI alike. Needs Go, gcc and g++; installs PostgreSQL, Chromium and what
# converts papers to PDF (LibreOffice, poppler) from Debian's packages when they are missing and it may. Usage: ./test.sh [go test arguments, default ./...]
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\n== %s\n' "$1"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

pg_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
missing=()
[ -n "$(pg_bin)" ] || missing+=(postgresql)
command -v chromium >/dev/null || missing+=(chromium)
command -v soffice >/dev/null || missing+=(libreoffice-writer-nogui libreoffice-calc-nogui fonts-liberation)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null; then
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

work=$(mktemp -d /tmp/lienthong-test.XXXXXX)
export LIENTHONG_TEST_TMP="$work"
stop() {
  if [ -f "$work/pg/postmaster.pid" ]; then as_pg "$(pg_bin)/pg_ctl" -D "$work/pg" -m immediate -s stop || true; fi
  rm -rf "$work"
}
trap stop EXIT

# PostgreSQL refuses to run as root, so root runs it as the package's own user.
as_pg() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
if [ -n "$(pg_bin)" ]; then
  say "starting PostgreSQL"
  mkdir -p "$work/pg" "$work/sock"
  if [ "$(id -u)" = 0 ]; then chmod 755 "$work"; chown postgres "$work/pg" "$work/sock"; fi
  as_pg "$(pg_bin)/initdb" -D "$work/pg" -U lienthong -A trust -E UTF8 --no-locale -N >/dev/null
  port=$(( 20000 + RANDOM % 20000 ))
  as_pg "$(pg_bin)/pg_ctl" -D "$work/pg" -s -w -l "$work/pg/log" \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$work/sock -c max_connections=200" start
  export LIENTHONG_TEST_POSTGRES="postgres://lienthong@127.0.0.1:$port/postgres?sslmode=disable"
fi

[ -z "${CI:-}" ] || export LIENTHONG_TEST_OFFICE=1 # there, no paper goes unopened

say "formatting and vetting"
unformatted=$(git ls-files '*.go' | grep -v '_templ\.go$' | xargs gofmt -l)
if [ -n "$unformatted" ]; then echo "gofmt would change: $unformatted"; exit 1; fi
go vet ./...

say "generated files are fresh"
if [ -f tools/go.mod ]; then
  go tool -modfile=tools/go.mod templ generate >/dev/null 2>"$work/templ.log" || { cat "$work/templ.log"; exit 1; }
  git diff --exit-code --stat -- '*_templ.go' || { echo "run: go tool -modfile=tools/go.mod templ generate"; exit 1; }
fi

say "tests"
# The black box tests are one package and take longer than the ten minutes that go test allows by itself.
if [ $# -gt 0 ]; then go test "$@"; else go test -timeout 35m ./...; fi
