#!/bin/sh
# Installs what the tests need from the system's packages: a browser, PostgreSQL, fonts.
# With the word `bench`: what only the measurements need, a generator of load.
# Does nothing where they are there already; on other systems than Debian it says what is missing.
set -eu

missing=""
if [ "${1:-}" = bench ]; then
    command -v wrk >/dev/null 2>&1 || missing=" wrk"
else
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Needed:$missing. Please install them with this system's package manager." >&2
    exit 1
fi
run=""
[ "$(id -u)" = 0 ] || run="sudo"
echo "Installing$missing …"
$run apt-get update -qq
# shellcheck disable=SC2086 # one word per package
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core >/dev/null
