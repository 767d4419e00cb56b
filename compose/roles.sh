#!/bin/bash
# The two roles and the hospital's database; runs once, when the volume is empty.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
create role wardlight_owner login password :'owner';
create role wardlight_app login password :'app';
create database wardlight owner wardlight_owner;
SQL
