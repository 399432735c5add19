"""The runner of deep tests goes on where it stopped, and tells what went how."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TESTS = """
from pathlib import Path
import pytest

pytestmark = pytest.mark.deep

def test_that_passes() -> None:
    with Path(__file__).with_name("runs").open("a") as file:
        file.write("x")

def test_that_fails_at_first() -> None:
    assert Path(__file__).with_name("mended").exists()
"""


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.deep", "--result", str(folder / "results"), str(folder)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_what_went_well_is_not_run_again(tmp_path: Path) -> None:
    """A failed test is run anew, one that passed is not, and the table counts each once."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = deep: takes long\n")
    (tmp_path / "test_two.py").write_text(TESTS)
    first = _run(tmp_path)
    (tmp_path / "mended").touch()
    second = _run(tmp_path)
    results = [json.loads(line) for line in (tmp_path / "results").read_text().splitlines()]

    assert (1, 0) == (first.returncode, second.returncode), second.stderr
    assert "x" == (tmp_path / "runs").read_text()
    assert ["passed", "failed", "passed"] == [each["outcome"] for each in results]
    assert "     1      1       0     0  test_two.py" in first.stdout
    assert "     2      0       0     0  test_two.py" in second.stdout
