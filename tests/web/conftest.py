"""The served hospital of the sync tests."""

from tests.sync.conftest import cast, scene, server

__all__ = ["cast", "scene", "server"]
