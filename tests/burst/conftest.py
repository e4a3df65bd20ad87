"""A database of its own, as for single steps."""

from __future__ import annotations

from tests.edges.conftest import migrated

__all__ = ["migrated"]
