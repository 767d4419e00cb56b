"""The pool, the unit of work, and the one Piccolo engine, which only ever speaks inside a unit of work."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from backend.errors import Unavailable

Connection = asyncpg.Connection
Isolation = Literal["read_committed", "repeatable_read", "serializable"]
ACQUIRE_SECONDS = 5.0
COMMAND_SECONDS = 30.0
# A waiting or forgotten transaction must not hold a feed's counter row.
SERVER_SETTINGS = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
    "jit": "off",
    # Statements are few and take arrays: planning them anew for each array's length took as long as running them.
    "plan_cache_mode": "force_generic_plan",
}
# ASCII's record separator, and its unit separator for null: no id, number, instant or JSON text holds either.
BETWEEN, NULL = "\x1e", "\x1f"
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def packed(values: Iterable[object]) -> str:
    """A column as one text for `unpacked`: asyncpg looks at each element of an array several times.

    For ids, numbers, instants and JSON texts. A text that a person typed may hold a separator, and a lone empty one
    would be no element at all.
    """
    return BETWEEN.join([NULL if value is None else value if type(value) is str else str(value) for value in values])


def packed_instants(values: Iterable[datetime | None]) -> str:
    """The same of instants alone, whose text Python makes slowly."""
    texts = msgspec.json.encode(list(values)).decode()[1:-1].replace('"', "")
    return texts.replace("null", NULL).replace(",", BETWEEN)


def unpacked(parameter: str, element: str) -> str:
    """SQL of the array that `packed` wrote."""
    array = f"string_to_array({parameter}::text, E'\\x1e', E'\\x1f')"
    return array if element == "text" else f"{array}::{element}[]"


def upsert(table: str, row: type[msgspec.Struct], types: Mapping[str, str], otherwise: str) -> str:
    """SQL that writes rows, one JSON array ($1) of such Structs, by their first field; what is left out is its default.

    `types` of the columns, `otherwise` that of all others.
    """
    fields = msgspec.structs.fields(row)
    columns = ", ".join(f"{each.name} {types.get(each.name, otherwise)}" for each in fields)
    values = ", ".join(_or_default(each, types.get(each.name, otherwise)) for each in fields)
    key, *rest = (each.name for each in fields)
    changed = ", ".join(f"{name} = excluded.{name}" for name in rest)
    return (
        f"insert into {table} ({', '.join((key, *rest))}) "
        f"select {values} from json_to_recordset($1::json) as r ({columns}) "
        f"on conflict ({key}) do update set {changed}"
    )


def _or_default(field: msgspec.structs.FieldInfo, kind: str) -> str:
    default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if default is None or default is msgspec.NODEFAULT:
        return field.name
    text = "{}" if kind.endswith("[]") else msgspec.json.encode(default).decode().strip('"')
    return f"coalesce({field.name}, '{text}')"


class EngineInsideWork(PostgresEngine):
    """Piccolo's engine without a connection of its own: every query runs on the open unit of work's."""

    async def check_version(self) -> None:
        """Piccolo would connect at import; `Database.open` checks instead."""

    async def prep_database(self) -> None:
        """Extensions are created by migrations."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        """Run on the open unit of work; RuntimeError outside one."""
        self._refuse_outside()
        return await super().run_querystring(querystring, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """Run on the open unit of work; RuntimeError outside one."""
        self._refuse_outside()
        return await super().run_ddl(ddl, in_pool)

    async def run_script(self, sql: str) -> None:
        """Run several statements, without parameters, on the open unit of work."""
        self._refuse_outside()
        await cast("PostgresTransaction", self.current_transaction.get()).connection.execute(sql)

    def _refuse_outside(self) -> None:
        if not self.transaction_exists():
            raise RuntimeError("a Piccolo query outside a unit of work")


# Every table names it: `class Unit(Table, tablename="unit", db=DB)`.
DB = EngineInsideWork(config={}, extensions=())


@dataclass(slots=True)
class _Joined:
    """What Piccolo looks at to find the connection of the open transaction."""

    connection: Connection


@dataclass(slots=True)
class Work:
    """One open transaction: raw SQL on `connection`, Piccolo queries share it.

    `collected` is what lower rooms gather to be written in one last statement, keyed by room.
    """

    connection: Connection
    now: datetime
    database: "Database"
    collected: dict[str, list[Any]] = field(default_factory=dict)
    _hooks: list[Callable[["Work"], Awaitable[None]]] = field(default_factory=list)
    _callbacks: list[Callable[[], None]] = field(default_factory=list)

    def before_commit(self, hook: Callable[["Work"], Awaitable[None]]) -> None:
        """Run `hook` last before COMMIT: each once, in the order of its first call."""
        if hook not in self._hooks:
            self._hooks.append(hook)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` when, and only when, COMMIT has succeeded; it must not block."""
        self._callbacks.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """All of the block or none of it: also what it collected, hooked and called back."""
        collected = {room: list(rows) for room, rows in self.collected.items()}
        hooks, callbacks = list(self._hooks), list(self._callbacks)
        try:
            async with self.connection.transaction():
                yield
        except BaseException:
            self.collected.clear()
            self.collected.update(collected)
            self._hooks[:], self._callbacks[:] = hooks, callbacks
            raise


class Database:
    """The pool of one hospital's database. Open before use, close at the end.

    json and jsonb arrive as text (decode with msgspec), timestamptz as aware UTC datetimes.
    """

    def __init__(self, url: str, *, pool_size: int = 10, application_name: str = "wardlight") -> None:
        self.url = url
        self._pool_size = pool_size
        self._settings = {**SERVER_SETTINGS, "application_name": application_name}
        self._pool: asyncpg.Pool | None = None
        self._counting: list[list[str]] = []
        # Who in this process hears at once what a commit changed (the hub of live sockets).
        self.listeners: list[Callable[[Sequence[Any]], None]] = []

    @property
    def pool(self) -> asyncpg.Pool:
        """The open pool."""
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    async def open(self) -> None:
        """Connect; raises what asyncpg raises when the database does not answer."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=1,
            max_size=self._pool_size,
            command_timeout=COMMAND_SECONDS,
            server_settings=self._settings,
            setup=self._count_on,
            reset=_nothing_to_reset,
        )

    async def close(self) -> None:
        """Wait for connections in use, then close all."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.close()

    async def lone_connection(self) -> Connection:
        """A connection outside the pool, for LISTEN; the caller closes it."""
        return await asyncpg.connect(self.url, server_settings=self._settings, command_timeout=COMMAND_SECONDS)

    @contextmanager
    def counted_statements(self) -> Iterator[list[str]]:
        """Collect the SQL texts of the block, BEGIN and COMMIT left out; a test compares doors by them."""
        statements: list[str] = []
        self._counting.append(statements)
        try:
            yield statements
        finally:
            self._counting.remove(statements)

    async def _count_on(self, connection: Connection) -> None:
        if self._counting:  # a connection with a logger schedules a call for every statement
            connection.add_query_logger(self._count)

    def _count(self, logged: Any) -> None:
        if not logged.query.lstrip().upper().startswith(TRANSACTION_CONTROL):
            for statements in self._counting:
                statements.append(logged.query)


async def _nothing_to_reset(_: Connection) -> None:
    """Settings are SET LOCAL and locks end with the transaction, so RESET ALL would be a wasted round trip."""


@asynccontextmanager
async def reading(database: Database) -> AsyncIterator[Connection]:
    """A connection for single reading statements, each its own snapshot: without BEGIN and COMMIT's two round trips.

    Raises Unavailable when no connection is free in time.
    """
    try:
        connection = await database.pool.acquire(timeout=ACQUIRE_SECONDS)
    except TimeoutError as error:
        raise Unavailable("All database connections are in use.") from error
    try:
        yield cast("Connection", connection)
    finally:
        await database.pool.release(connection)


@asynccontextmanager
async def unit_of_work(
    database: Database, now: datetime, *, isolation: Isolation = "read_committed", readonly: bool = False
) -> AsyncIterator[Work]:
    """One transaction: committed when the block ends, rolled back when it raises.

    A failing COMMIT raises and gives the connection back (Piccolo's own transactions leak it). Raises
    Unavailable when no connection is free in time, RuntimeError inside another unit of work.
    """
    if DB.transaction_exists():
        raise RuntimeError("a unit of work inside another one: use work.savepoint()")
    try:
        connection = await database.pool.acquire(timeout=ACQUIRE_SECONDS)
    except TimeoutError as error:
        raise Unavailable("All database connections are in use.") from error
    try:
        work = Work(cast("Connection", connection), now, database)
        async with connection.transaction(isolation=isolation, readonly=readonly):
            with joined_by_piccolo(connection):
                yield work
                await _run_hooks(work)
    finally:
        await database.pool.release(connection)
    for callback in work._callbacks:  # noqa: SLF001
        callback()


async def _run_hooks(work: Work) -> None:
    done = 0
    hooks: Sequence[Callable[[Work], Awaitable[None]]] = work._hooks  # noqa: SLF001
    while done < len(hooks):  # a hook may add another one
        await hooks[done](work)
        done += 1


@contextmanager
def joined_by_piccolo(connection: Connection | PoolConnectionProxy) -> Iterator[None]:
    """Let Piccolo's queries of the block run on this connection."""
    joined = cast("PostgresTransaction", _Joined(cast("Connection", connection)))
    token = DB.current_transaction.set(joined)
    try:
        yield
    finally:
        DB.current_transaction.reset(token)
