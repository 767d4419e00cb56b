#!/bin/sh
# fetch.sh WHAT COMMAND…: runs the command with what it prints kept in .tools/fetch.log; when it fails, says why in one
# plain sentence. Nothing of ours is fetched from anywhere but the package registries.
what=$1
shift
folder="$(cd "$(dirname "$0")/.." && pwd)/.tools"
log="$folder/fetch.log"
if ! mkdir -p "$folder" 2>/dev/null || ! : 2>/dev/null >"$log"; then
    echo "$what: $folder can not be written; free some space, or give this user the right." >&2
    exit 1
fi
echo "$what: installing packages"
"$@" >"$log" 2>&1 && exit
says() { grep -qiE "$1" "$log"; }
if says 'ENOSPC|no space left|disk quota'; then
    why='the disk is full'
elif says 'ensurepip|No module named venv'; then
    why='python3-venv is missing (apt install python3-venv)'
elif says 'EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|dns error|client error \(Connect\)|name resolution|connection broken|timed out'; then
    why='the package registry does not answer; is there a network, and a proxy to name?'
elif says 'EACCES|EROFS|permission denied|read-only file system'; then
    why='a folder of the project can not be written by this user'
elif says 'No interpreter found|No solution found.*Python|requires-python'; then
    why='Python 3.11 or newer is missing'
else
    why=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)
fi
echo "$what: $why (all of it is in $log)" >&2
exit 1
