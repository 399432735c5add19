"""The source keeps its own rules.

Owns which rule holds where. Leaves what a fault is to rules.py, exceptions to allowed.py. Next: rules.py.
"""

import pytest

from tests.tidy import allowed, rules
from tests.tidy.source import ROOT, Module, modules_of_package, modules_of_tests, travelling_texts

HELD_BY_THE_PACKAGE: tuple[tuple[rules.Rule, dict[str, str]], ...] = (
    (rules.has_a_telling_name, {}),
    (rules.keeps_sql_in_the_store, allowed.SQL_ELSEWHERE),
    (rules.leaves_time_to_the_clock, allowed.TIME_ELSEWHERE),
    (rules.leaves_the_environment_to_the_settings, allowed.ENVIRONMENT_ELSEWHERE),
    (rules.keeps_floats_from_money, {}),
    (rules.stays_pure, {}),
    (rules.catches_what_it_knows, allowed.BROAD_CATCHES),
)
HELD_BY_ALL: tuple[tuple[rules.Rule, dict[str, str]], ...] = (
    (rules.opens_with_a_docstring, {}),
    (rules.is_short, allowed.LONG_MODULES),
)
HELD = HELD_BY_THE_PACKAGE + HELD_BY_ALL


def _faults(rule: rules.Rule, modules: tuple[Module, ...], excused: dict[str, str]) -> list[str]:
    return [fault for module in modules if module.path not in excused for fault in rule(module)]


def _idle_excuses(rule: rules.Rule, modules: tuple[Module, ...], excused: dict[str, str]) -> list[str]:
    at_fault = {module.path for module in modules if next(rule(module), None)}
    return sorted(set(excused) - at_fault)


def _names(held: tuple[tuple[rules.Rule, dict[str, str]], ...]) -> list[str]:
    return [str(getattr(rule, "__name__", rule)) for rule, _ in held]


@pytest.mark.parametrize(("rule", "excused"), HELD_BY_THE_PACKAGE, ids=_names(HELD_BY_THE_PACKAGE))
def test_the_product_keeps_the_rule(rule: rules.Rule, excused: dict[str, str]) -> None:
    """No module of the product breaks the rule without a reason in allowed.py."""
    assert [] == _faults(rule, modules_of_package(), excused)


@pytest.mark.parametrize(("rule", "excused"), HELD_BY_ALL, ids=_names(HELD_BY_ALL))
def test_product_and_tests_keep_the_rule(rule: rules.Rule, excused: dict[str, str]) -> None:
    """No module at all breaks the rule without a reason in allowed.py."""
    assert [] == _faults(rule, modules_of_package() + modules_of_tests(), excused)


@pytest.mark.parametrize(("rule", "excused"), HELD, ids=_names(HELD))
def test_no_excuse_outlives_its_fault(rule: rules.Rule, excused: dict[str, str]) -> None:
    """Every entry in allowed.py still excuses something, and gives its reason."""
    assert [] == _idle_excuses(rule, modules_of_package() + modules_of_tests(), excused)
    assert [] == [path for path, reason in excused.items() if not reason.strip()]


def test_no_file_names_a_package_registry() -> None:
    """Nothing under version control names the host of a package registry."""
    assert [] == [fault for path, text in travelling_texts() for fault in rules.hosts_in(path, text)]


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_the_lock_pins_by_version_and_hash_alone(name: str) -> None:
    """Every locked package has one exact version and its hashes, and no address of its own."""
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    entries = [line for line in lines if not line.startswith(("#", "    --hash=sha256:"))]

    assert entries
    assert [] == [line for line in entries if "==" not in line or not line.endswith("\\")]
    assert [] == [line for line in lines if "://" in line or " @ " in line]


def test_a_server_runs_what_a_developer_tested() -> None:
    """Every package of run.txt stands in dev.txt with the same version."""
    run, dev = (
        {line for line in (ROOT / "requirements" / name).read_text("utf-8").splitlines() if "==" in line}
        for name in ("run.txt", "dev.txt")
    )

    assert set() == run - dev
