#!/bin/sh
# Makes sure that browser tests find a Chromium (from $CHROMIUM, PATH, apt as root, or Playwright), a dbus-daemon, by which
# Chromium shows its notices, and fonts for Korean and Chinese. A skipped browser test is a failed one, so this fails in
# one plain line where it can not.
python="$(cd "$(dirname "$0")/.." && pwd)/.venv/bin/python"
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "browser: installing $* with apt"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}
found() { [ -x "$CHROMIUM" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=ko)" ] && [ -n "$(fc-list :lang=zh)" ]; }

fonts || apt_install fontconfig fonts-noto-cjk || echo "browser: no Korean or Chinese font; screenshots will lack them"
if ! command -v dbus-daemon >/dev/null && ! apt_install dbus-daemon; then
    echo "No dbus-daemon: install it (apt install dbus-daemon); tests of notices need it." >&2
    exit 1
fi
found && exit
apt_install chromium && found && exit
echo "browser: installing Playwright's Chromium"
"$python" -m playwright install chromium >/dev/null 2>&1 && "$python" - <<'TRY' && exit
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
TRY
echo "No Chromium: install it (apt install chromium) or set CHROMIUM to its path." >&2
exit 1
