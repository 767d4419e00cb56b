"""Feeds, their changes and their current rows."""

from piccolo.columns import BigInt, ForeignKey, Numeric, OnDelete, SmallInt, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Feed(Table, tablename="feed", db=DB):
    """A feed's dense counter and the checksum of its rows."""

    feed_id = Text(primary_key=True, default=None)
    epoch = Text(default=None)
    head = BigInt(default=0)
    sum = Numeric(digits=(20, 0), default=None)


class Change(Table, tablename="change", db=DB):
    """What happened to a row; `row` is JSON text, null when gone."""

    feed_id = Text(default=None)
    seq = BigInt(default=None)
    type = Text(default=None)
    id = Text(default=None)
    version = BigInt(default=None)
    row = Text(null=True, default=None)


class FeedMark(Table, tablename="feed_mark", db=DB):
    """Where a feed stood at an instant: changes up to `seq` may be pruned a while after it."""

    feed_id = ForeignKey(Feed, primary_key=True, null=False, on_delete=OnDelete.restrict)
    seq = BigInt(default=None)
    marked_at = Timestamptz(default=None)


class FeedRow(Table, tablename="feed_row", db=DB):
    """The newest row of every thing that a feed shows (ADR 1)."""

    feed_id = Text(default=None)
    type = Text(default=None)
    id = Text(default=None)
    version = BigInt(default=None)
    rank = SmallInt(default=None)
    stay_id = Text(null=True, default=None)
    seq = BigInt(default=None)
    hash = BigInt(default=None)
    row = Text(default=None)


class Lineage(Table, tablename="lineage", db=DB):
    """One row: which copy of the database the epochs of the feeds were given in."""

    lineage_id = SmallInt(primary_key=True, default=1)
    value = Text(default=None)
