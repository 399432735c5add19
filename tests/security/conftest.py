"""Fixtures of the tests of security: those of the tests of the wire, of reports and of processes.

Owns nothing of its own.
"""

from tests.api.conftest import house
from tests.processes.conftest import data_dir, new_copy, seeded, seeded_directory, start
from tests.reporting.conftest import shelf

__all__ = ["data_dir", "house", "new_copy", "seeded", "seeded_directory", "shelf", "start"]
