"""Fixtures of the fuzz tests: the house of the tests of the wire. Owns nothing of its own."""

from tests.api.conftest import house

__all__ = ["house"]
