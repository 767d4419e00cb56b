"""Every home patient has an open visit, a pause, or a task to plan the next one; who left is visited no more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.batch import DueRows
from backend.db import Database, Work
from backend.slice import Sweep
from backend.stays.queries import facts
from backend.tasks.actions import keep_home_tasks
from backend.tasks.rules.visiting import PLAN_VISIT
from backend.visits.actions.write import save_visits
from backend.visits.queries import held_open_visits
from backend.visits.rules.visit import Word, cancelled
from backend.vitals.queries import PAUSED, paused_stays
from shared_schemas.visits import VisitState

AT_ONCE = 200
# Source: wardlight; awaits sign-off. Within half a day somebody says when the patient is seen next.
PLANNED_WITHIN = timedelta(hours=12)
_PLANNING = f"select from task t where t.stay_id = s.stay_id and t.open and t.text_key = '{PLAN_VISIT}'"
_NEEDS_A_LOOK = f"""
select s.stay_id from stay s join unit u using (unit_id)
where u.kind = 'home' and s.departed_at is null and not {PAUSED} and not exists ({_PLANNING})
  and not exists (select from visit v where v.stay_id = s.stay_id and v.state in ('planned', 'started'))
union
select s.stay_id from visit v join stay s using (stay_id) join unit u using (unit_id)
where v.state = 'planned' and (s.departed_at <= $1 or u.kind <> 'home')
union
select s.stay_id from task t join stay s using (stay_id) join unit u using (unit_id)
where t.open and t.text_key = '{PLAN_VISIT}' and s.departed_at is null and ({PAUSED} or u.kind <> 'home')
"""
NEEDS_A_LOOK = DueRows(
    "home_duty",
    f"select stay_id from ({_NEEDS_A_LOOK}) s where stay_id <> all($2::uuid[]) order by stay_id limit {AT_ONCE}",
)
DUE_AT = f"select $1 where exists ({_NEEDS_A_LOOK})"


async def sweep_home_duty(database: Database, now: datetime) -> int:
    """No home patient is forgotten, and nobody is sent to a patient who is not at home any more.

    1. Look for active home stays without an open visit, a pause or a task to plan one; for planned visits of patients
       who left home care; for such tasks of patients who are away.
    2. Hold the stays, their open visits and tasks, and look again; a second worker finds nothing left to do.
    3. Plan the task, or cancel visits and tasks, in one transaction.
    """
    return await NEEDS_A_LOOK.each(database, now, _look_after)


async def _look_after(work: Work, stay_ids: Sequence[str]) -> int:
    stays = await facts(work.connection, stay_ids, lock=True)
    visits = await held_open_visits(work.connection, sorted(stays))
    away = await paused_stays(work.connection, sorted(stays))
    at_home = {key for key, stay in stays.items() if stay.at_home and stay.departed_at is None}
    unwanted = [one for one in visits if one.stay_id not in at_home and one.state is VisitState.PLANNED]
    over = [cancelled(visit, Word(None, work.now), None).visit for visit in unwanted]
    await save_visits(work, over, stays)
    visited = {visit.stay_id for visit in visits}
    await keep_home_tasks(
        work,
        stays,
        nothing_planned=at_home - away - visited,
        unwanted=[visit.visit_id for visit in over],
        due_at=work.now + PLANNED_WITHIN,
    )
    return len(stays)


HOME_DUTY = Sweep("home_duty", DUE_AT, sweep_home_duty)
