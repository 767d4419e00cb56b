"""One row of proof per (alert, round, step); who was asked in a climb of several rounds stays asked."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0120_rows_of_proof"
# Alerts with two rows of one step in a round are numbered anew: a round a row, in their order.
DDL = """
alter table alert add column climb_from_round integer;
update alert set climb_from_round = round;
alter table alert alter column climb_from_round set not null;
alter table alert_step drop constraint alert_step_once;
create temporary table doubled on commit drop as
    select distinct alert_id from (
        select alert_id from alert_step group by alert_id, round, step having count(*) > 1) d;
update alert_step set round = place + 1 where alert_id in (select alert_id from doubled);
update alert a set round = s.last, climb_from_round = coalesce(s.first_active, s.last)
from (
    select alert_id, max(round) as last,
        min(round) filter (where ended_at is null and staff_id is not null) as first_active
    from alert_step where alert_id in (select alert_id from doubled) group by alert_id
) s where a.alert_id = s.alert_id;
alter table alert_step add constraint alert_step_once unique (alert_id, round, step);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
