#!/bin/bash
# A fresh clone in a new folder with an empty HOME: `make demo` brings the page up, a second start takes seconds, and
# `make test` passes. Prints what it saw; `tools/fresh.sh demo` leaves the tests out. The folder is removed unless KEEP
# is set.
set -euo pipefail
set -m  # a job of its own group, so that an interrupt reaches it as Ctrl-C does
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
port=${PORT:-8017}
demo=
finish() {
    code=$?
    [ -n "$demo" ] && kill -INT -- "-$demo" 2>/dev/null && wait "$demo" 2>/dev/null
    # The demo's PostgreSQL may lie elsewhere, where its user can reach it.
    [ -n "${KEEP:-}" ] || rm -rf "$(readlink -f "$folder/wardlight/.wardlight/demo/postgres")" "$folder"
    exit $code
}
trap finish EXIT

git clone --quiet "$here" "$folder/wardlight"
mkdir "$folder/home"
cd "$folder/wardlight"
# The machine's own registries, certificates and proxies; nothing else of the caller's surroundings.
mapfile -t machine < <(env | grep -E '^(PIP_|UV_|npm_config_|SSL_CERT_|NODE_EXTRA_|https?_proxy=|no_proxy=|DEBIAN_)' || true)
bare=(env -i HOME="$folder/home" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    PORT="$port" "${machine[@]}")
page() { python3 -c "import urllib.request as r; print(r.urlopen('http://127.0.0.1:$port/', timeout=2).read().decode())" 2>/dev/null; }

demo_comes_up() {  # within so many seconds
    local began=$SECONDS
    "${bare[@]}" make demo &
    demo=$!
    until page | grep -q "<title>Wardlight"; do
        kill -0 "$demo" 2>/dev/null || { echo "fresh: the demo ended by itself"; exit 1; }
        [ $((SECONDS - began)) -lt "$1" ] || { echo "fresh: no page $1 s after 'make demo'"; exit 1; }
        sleep 1
    done
    echo "fresh: the page was there $((SECONDS - began)) s after 'make demo'"
    kill -INT -- "-$demo"
    wait "$demo" || true
    demo=
    ! page >/dev/null || { echo "fresh: the demo did not stop"; exit 1; }
}
demo_comes_up 900
demo_comes_up 60
began=$SECONDS
"${bare[@]}" make setup
[ $((SECONDS - began)) -le 10 ] || { echo "fresh: with nothing to do 'make setup' took $((SECONDS - began)) s"; exit 1; }
echo "fresh: with nothing to do 'make setup' took $((SECONDS - began)) s"
if [ "${1:-}" != demo ]; then
    began=$SECONDS
    "${bare[@]}" make test
    echo "fresh: make test passed after $((SECONDS - began)) s"
fi
echo "fresh: all done"
