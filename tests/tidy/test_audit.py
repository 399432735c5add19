"""The audit of what others wrote, judged by itself: what it must not let pass.

Owns the rules of tools/audit.py. The audit itself is `make audit`, which asks for advisories.
"""

import json
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from tests.tidy.source import ROOT
from tools import audit

LOCKED = audit.locked(audit.LOCK.read_text("utf-8"))


def _answer(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(entries), "fixes": []}


CLEAN = {"name": "msgspec", "version": "0.22.0", "vulns": []}
WEAK = {"name": "graphql-core", "version": "3.2.0", "vulns": [{"id": "PYSEC-2026-1"}]}
SKIPPED = {"name": "msgspec", "skip_reason": "Dependency not found and could not be audited"}


def test_packages_without_a_known_weakness_pass() -> None:
    """An answer that speaks of every package and finds nothing passes."""
    assert audit.Verdict("No known weakness in 1 packages.", True) == audit.weaknesses(_answer(CLEAN))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "Not audited: the advisories could not be asked."),
        (_answer(), "Not audited: the advisories could not be asked."),
        (_answer(CLEAN, SKIPPED), "Not audited: no advisories for 1 of 2 packages."),
        (_answer(CLEAN, SKIPPED, WEAK), "Known weaknesses: graphql-core 3.2.0: PYSEC-2026-1."),
    ],
)
def test_what_was_not_audited_does_not_pass(answer: dict[str, Any] | None, sentence: str) -> None:
    """No answer, an empty one, a skipped package and a weak one all fail, each with its sentence."""
    assert audit.Verdict(sentence, False) == audit.weaknesses(answer)


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "AGPL-3.0", "GNU Affero General Public License", "", "Proprietary"]
)
def test_a_licence_that_does_not_fit_fails(licence: str) -> None:
    """Copyleft of the strong kind, closed and unsaid licences fail."""
    assert not audit.licences({"somebody's": licence}).passes


def test_every_package_of_a_server_has_a_licence_that_fits() -> None:
    """What run.txt locks is permissive, or LGPL or MPL."""
    installed = {audit._normal(each.metadata["Name"]): each for each in distributions(path=sys.path)}
    here = {name: audit.licence_of(installed[name]) for name in LOCKED if name in installed}

    assert len(here) > len(LOCKED) * 0.8, "the environment is not the locked one"
    assert audit.Verdict(f"The licences of {len(here)} packages fit.", True) == audit.licences(here)


def test_the_bill_names_locked_packages_and_vendored_files_alone() -> None:
    """A bill has every locked package of the environment, every vendored file with its hash, nothing else."""
    parts = [
        {"bom-ref": f"{name}=={version}", "name": name, "version": version, "type": "library"}
        for name, version in {"msgspec": "0.22.0", "pytest": "9.2.0"}.items()
    ]

    components = audit.bill({"components": parts, "dependencies": []}, LOCKED)["components"]

    assert ["msgspec"] == [each["name"] for each in components if "hashes" not in each]
    hashes = {each["hashes"][0]["content"] for each in components if "hashes" in each}
    vendored = list((ROOT / "src" / "counterfoil" / "api").glob("static/vendor/*/*"))
    assert len(hashes) == len(vendored)
    assert json.dumps(components)


def test_the_lock_is_read_as_written() -> None:
    """Names and versions of a lock are taken as they stand, markers and hashes left out."""
    text = "# x\nuvloop==0.23.0 ; sys_platform != 'win32' \\\n    --hash=sha256:00\nPy_Yaml==6.0 \\\n"

    assert {"uvloop": "0.23.0", "py-yaml": "6.0"} == audit.locked(text)
    assert Path(audit.LOCK).exists()
