"""An offered stay says until when it waits, so that the one who looks for late offers asks an index alone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0100_offers"
DDL = """
alter table stay add column offer_until_at timestamptz;
update stay set offer_until_at = offered_at + interval '20 minutes' where offered_at is not null;
alter table stay add constraint stay_offer_until check ((offered_at is null) = (offer_until_at is null));
drop index stay_offers;
create index stay_offers on stay (offer_until_at) where offer_until_at is not null and departed_at is null;
"""


async def forwards() -> MigrationManager:
    """Add the instant."""
    return step(ID, DDL)
