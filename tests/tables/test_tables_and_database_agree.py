"""What Piccolo believes of the tables is what the migrated database has."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from piccolo.columns import ForeignKey
from piccolo.columns.column_types import BigInt, DoublePrecision, Integer, Numeric, Real, SmallInt
from piccolo.table import Table

from backend.db import DB, Database
from backend.piccolo_app import HERE


def tables_of(room: str) -> Iterator[type[Table]]:
    module = importlib.import_module(f"backend.{room}.tables")
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, Table) and found.__module__ == module.__name__:
            yield found


ROOMS = sorted(file.parent.name for file in HERE.glob("*/tables.py"))
TABLES = {table._meta.tablename: table for room in ROOMS for table in tables_of(room)}
each_table = pytest.mark.parametrize("name", sorted(TABLES))
NUMBERS = (Integer, BigInt, SmallInt, Real, DoublePrecision, Numeric)
OWN_TABLES_OF_PICCOLO = {"migration"}
FOREIGN_KEYS = """
select conname, conrelid::regclass::text as table_name, confrelid::regclass::text as referenced,
       confdeltype::text as on_delete, confupdtype::text as on_update,
       (select array_agg(attname::text) from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as columns
from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
"""


def columns_of(table: type[Table]) -> dict[str, Any]:
    return {column._meta.db_column_name: column for column in table._meta.columns}


async def test_every_table_of_the_database_has_its_piccolo_table(database: Database) -> None:
    rows = await database.pool.fetch(
        "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace "
        "and c.relkind in ('r', 'p') and not c.relispartition"
    )
    assert {row["relname"] for row in rows} - OWN_TABLES_OF_PICCOLO == set(TABLES)


@each_table
async def test_columns_and_their_nullability_agree(name: str, database: Database) -> None:
    rows = await database.pool.fetch(
        "select column_name, is_nullable = 'YES' as nullable from information_schema.columns "
        "where table_schema = 'public' and table_name = $1",
        name,
    )
    believed = {
        column: (bool(c._meta.null) and not c._meta.primary_key) for column, c in columns_of(TABLES[name]).items()
    }
    assert believed == {row["column_name"]: row["nullable"] for row in rows}


@each_table
async def test_column_types_agree(name: str, database: Database) -> None:
    for column, believed in columns_of(TABLES[name]).items():
        kind = await database.pool.fetchval(
            "select format_type(atttypid, null) from pg_attribute where attrelid = $1::regclass and attname = $2",
            name,
            column,
        )
        expected = await database.pool.fetchval("select format_type(to_regtype($1), null)", plain_type(believed))
        assert kind == expected, f"{name}.{column}"


def plain_type(column: Any) -> str:
    """The type alone: serials are integers, lengths and precisions left out."""
    if isinstance(column, ForeignKey):
        return plain_type(column._foreign_key_meta.resolved_target_column)
    serials = {"SERIAL": "integer", "BIGSERIAL": "bigint"}
    plain = str(column.column_type).split("(")[0] + ("[]" if str(column.column_type).endswith("[]") else "")
    return serials.get(plain, plain.removesuffix("[][]") + ("[]" if plain.endswith("[][]") else ""))


@each_table
def test_no_column_stores_a_value_that_nobody_gave(name: str) -> None:
    """An unset DoublePrecision(null=True) would store 0.0: a pulse of 0 that nobody measured."""
    for column, believed in columns_of(TABLES[name]).items():
        default = getattr(believed, "default", None)
        where = f"{name}.{column} has the default {default!r}"
        if believed._meta.null:
            assert default is None, where
        elif isinstance(believed, NUMBERS) and not believed._meta.primary_key:
            assert default is None or isinstance(default, int), where
            assert not isinstance(believed, (Real, DoublePrecision, Numeric)) or default is None, where


@each_table
def test_every_table_speaks_through_the_one_engine(name: str) -> None:
    assert TABLES[name]._meta._db is DB


async def test_nothing_is_deleted_because_something_else_was(database: Database) -> None:
    """Restrict on both sides; Piccolo's own default is CASCADE."""
    for row in await database.pool.fetch(FOREIGN_KEYS):
        assert row["on_delete"] in {"r", "a"}, row["conname"]
        assert row["on_update"] in {"r", "a"}, row["conname"]
    for table in TABLES.values():
        for column in table._meta.foreign_key_columns:
            meta = column._foreign_key_meta
            assert meta.on_delete.value in {"RESTRICT", "NO ACTION"}, f"{table._meta.tablename}.{column._meta.name}"


async def test_constraints_are_named_after_their_table_and_tables_have_a_primary_key(database: Database) -> None:
    rows = await database.pool.fetch(
        "select conname, conrelid::regclass::text as table_name, contype::text as kind from pg_constraint "
        "where connamespace = 'public'::regnamespace and conrelid <> 0 and contype <> 'n'"
    )
    ours = [row for row in rows if row["table_name"].strip('"') in TABLES]
    for row in ours:
        assert row["conname"].startswith(row["table_name"].strip('"') + "_"), row["conname"]
    assert {row["table_name"].strip('"') for row in ours if row["kind"] == "p"} == set(TABLES)


async def test_instants_have_a_time_zone(database: Database) -> None:
    rows = await database.pool.fetch(
        "select table_name || '.' || column_name as name from information_schema.columns "
        "where table_schema = 'public' and data_type = 'timestamp without time zone'"
    )
    assert [row["name"] for row in rows if not row["name"].startswith("migration.")] == []
