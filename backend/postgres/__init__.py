"""PostgreSQL 18 as a child of this program, for the zero-install default and for the tests."""

from backend.postgres.binaries import find_postgres_bin
from backend.postgres.supervisor import EmbeddedPostgres, RunsAlready

__all__ = ["EmbeddedPostgres", "RunsAlready", "find_postgres_bin"]
