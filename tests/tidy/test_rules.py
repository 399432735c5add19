"""Each rule on the source catches what it is for, and lets the near miss pass.

Owns a bad and a good example for each rule. Leaves the tree itself to test_source.py. Next: rules.py.
"""

import pytest

from tests.tidy import rules
from tests.tidy.source import parsed

HOST = rules.REGISTRY_HOSTS[0]

CAUGHT: list[tuple[rules.Rule, str, str]] = [
    (rules.opens_with_a_docstring, "money.py", "import decimal"),
    (rules.is_short, "money.py", "\n" * 401),
    (rules.has_a_telling_name, "store/utils.py", ""),
    (rules.keeps_sql_in_the_store, "worker.py", "q = 'SELECT 1'"),
    (rules.keeps_sql_in_the_store, "worker.py", "q = f'''\n  LOCK TABLE {name}'''"),
    (rules.leaves_time_to_the_clock, "worker.py", "from datetime import datetime\nd = datetime.now(UTC)"),
    (rules.leaves_time_to_the_clock, "worker.py", "import datetime\nd = datetime.date.today()"),
    (rules.leaves_time_to_the_clock, "worker.py", "import time\nd = time.monotonic"),
    (rules.leaves_time_to_the_clock, "worker.py", "from time import perf_counter"),
    (rules.leaves_the_environment_to_the_settings, "app.py", "import os\nos.environ['HOME']"),
    (rules.leaves_the_environment_to_the_settings, "app.py", "from os import getenv"),
    (rules.keeps_floats_from_money, "rules/commission.py", "rate = 0.5"),
    (rules.keeps_floats_from_money, "money.py", "amount = float('1')"),
    (rules.keeps_floats_from_money, "model/orders.py", "class Item:\n    price: float"),
    (rules.stays_pure, "ledger.py", "import psycopg"),
    (rules.stays_pure, "capture/tag.py", "import asyncio.events"),
    (rules.stays_pure, "processing.py", "from counterfoil import clock"),
    (rules.stays_pure, "processing.py", "def f() -> None:\n    from counterfoil.store import Store"),
    (rules.stays_pure, "validation.py", "from graphql import parse"),
    (rules.catches_what_it_knows, "worker.py", "try: pass\nexcept Exception: pass"),
    (rules.catches_what_it_knows, "worker.py", "try: pass\nexcept (KeyError, BaseException): pass"),
    (rules.catches_what_it_knows, "worker.py", "try: pass\nexcept: pass"),
]

LET_PASS: list[tuple[rules.Rule, str, str]] = [
    (rules.opens_with_a_docstring, "rules/__init__.py", ""),
    (rules.is_short, "money.py", "\n" * 400),
    (rules.has_a_telling_name, "store/embedded.py", ""),
    (rules.keeps_sql_in_the_store, "store/migrate.py", "q = 'SELECT 1'"),
    (rules.keeps_sql_in_the_store, "cli.py", "said = 'Update your base URL, with care'"),
    (rules.leaves_time_to_the_clock, "clock.py", "import time\nd = time.monotonic()"),
    (rules.leaves_time_to_the_clock, "worker.py", "at = clock.now()"),
    (rules.leaves_the_environment_to_the_settings, "settings.py", "import os\nos.environ"),
    (rules.leaves_the_environment_to_the_settings, "store/embedded.py", "import os\nos.getuid()"),
    (rules.keeps_floats_from_money, "worker.py", "pause_seconds = 0.5"),
    (rules.keeps_floats_from_money, "money.py", "cent = Decimal('0.01')"),
    (rules.stays_pure, "processing.py", "from counterfoil.rules import locking\nimport decimal"),
    (rules.stays_pure, "capture/tracking/documents.py", "from graphql import parse"),
    (rules.stays_pure, "worker.py", "import psycopg"),
    (rules.catches_what_it_knows, "worker.py", "try: pass\nexcept KeyError: pass"),
]


@pytest.mark.parametrize(("rule", "path", "text"), CAUGHT)
def test_a_rule_catches_its_fault(rule: rules.Rule, path: str, text: str) -> None:
    """The fault that a rule is for is found, once."""
    assert 1 == len(list(rule(parsed(path, text))))


@pytest.mark.parametrize(("rule", "path", "text"), LET_PASS)
def test_a_rule_lets_the_near_miss_pass(rule: rules.Rule, path: str, text: str) -> None:
    """What only looks like the fault is no fault."""
    assert [] == list(rule(parsed(path, text)))


def test_a_registry_is_found_in_any_letters() -> None:
    """A host is found in the middle of a line, whatever its letters' case."""
    assert [f"a.txt:2 names the registry {HOST}"] == list(
        rules.hosts_in("a.txt", f"one\nsee {HOST.upper()}/x")
    )
