"""Which copy of the database this is, so that one that was restored is noticed by itself."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0180_lineage"
DDL = """
create table lineage (
    lineage_id smallint constraint lineage_pk primary key default 1 constraint lineage_one check (lineage_id = 1),
    value text not null
);
insert into lineage (value)
select s.system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || 'feed'::regclass::oid
from pg_control_system() s;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
