"""The one history of the database.

How to add to it: one file a step, named like its ID, in the order of the layers (`m0010_places.py`, …; a later
change takes the next free number above all). A step is SQL that runs once, in one transaction with its own record:

    ID = "m0010_places"
    DDL = "create table unit (id uuid constraint unit_pk primary key, …);"

    async def forwards() -> MigrationManager:
        return step(ID, DDL)

Every table has a primary key, every constraint a name (`table_what`), every foreign key is `on delete restrict` and
not null unless the field may truly be empty. The slice's `tables.py` repeats the columns for Piccolo
(`class Unit(Table, tablename="unit", db=DB)`); tests/tables/ proves that the two agree. A step is never edited once a
release has it: tablets charted against it. Tables are owned by wardlight_owner; wardlight_app may read and write rows.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.db import DB


def step(migration_id: str, ddl: str) -> MigrationManager:
    """A migration that runs `ddl` (several statements) as it stands."""
    one = MigrationManager(migration_id=migration_id, app_name="ward", description=migration_id)

    async def run() -> None:
        await DB.run_script(ddl)

    one.add_raw(run)
    return one
