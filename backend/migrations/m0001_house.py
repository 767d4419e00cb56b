"""The app role's rights on all that follows, and the extension for exclusion constraints on intervals."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0001_house"
DDL = """
create extension if not exists btree_gist;
grant usage on schema public to wardlight_app;
grant select on migration to wardlight_app;
alter default privileges in schema public grant select, insert, update, delete on tables to wardlight_app;
alter default privileges in schema public grant usage on sequences to wardlight_app;
"""


async def forwards() -> MigrationManager:
    return step(ID, DDL)
