#!/bin/bash
# A dump every hour, complete or not at all; those older than KEEP_DAYS go, but never the last one.
set -uo pipefail
while true; do
    name=/backups/wardlight-$(date -u +%Y%m%dT%H%M%SZ).dump
    if pg_dump --format=custom --file="$name.part" && pg_restore --list "$name.part" >/dev/null; then
        sync "$name.part" && mv "$name.part" "$name" && echo "backup: $name"
        ls -1t /backups/*.dump | tail -n +2 | while read -r old; do
            find "$old" -mtime "+$KEEP_DAYS" -delete
        done
    else
        echo "backup: failed, will try again" >&2
        rm -f "$name.part"
        sleep 60
        continue
    fi
    sleep 3600
done
