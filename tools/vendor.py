"""Vendoring: the files of others on two lists, fetched by exact version and kept in the repository.

Owns the copying, the comparison of hashes and the page of licences. Runs nothing of what it fetches. Run as
`python tools/vendor.py`; nothing else here needs node.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LISTS = (
    ROOT / "src" / "counterfoil" / "api" / "assets.toml",
    ROOT / "tests" / "corpora" / "corpora.toml",
)
LICENCES = ROOT / "THIRD_PARTY.md"

LONG = 1000
"""Longer texts of a collection only repeat themselves."""

_OPENING = """# Third-party assets

Files of others that travel with Counterfoil: first those of the explorer, then what only tests read. Written
by `make vendor` from the lists `assets.toml` and `corpora.toml`, which hold each file's SHA-256; do not edit.
"""


def main() -> int:
    """Fetches every asset; tells and answers 1 when a hash differs from its list."""
    pages = [_OPENING]
    faults: list[str] = []
    for asset_list in LISTS:
        for package in tomllib.loads(asset_list.read_text("utf-8"))["package"]:
            with tempfile.TemporaryDirectory() as folder:
                archive = _fetched(package, Path(folder))
                faults += _kept(archive, package, asset_list.parent)
                pages.append(_page(archive, package))
    LICENCES.write_text("\n".join(pages), "utf-8")
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def _fetched(package: dict[str, Any], folder: Path) -> Path:
    wanted = f"{package['name']}@{package['version']}"
    packing = ["npm", "pack", "--ignore-scripts", "--silent", wanted]
    subprocess.run(packing, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - names are our list's
    return next(folder.glob("*.tgz"))


def _kept(archive: Path, package: dict[str, Any], beside: Path) -> Iterator[str]:
    folder = beside / package.get("folder", f"static/vendor/{package['name']}-{package['version']}")
    for file in package["file"]:
        content = _member(archive, file["source"])
        found = hashlib.sha256(content).hexdigest()
        if found != file["sha256"]:
            yield f"{package['name']} {file['source']}: SHA-256 is {found}, the list says {file['sha256']}"
            continue
        folder.mkdir(parents=True, exist_ok=True)
        name = _name(file)
        (folder / name).write_bytes(_as_json(content) if name.endswith(".json") else content)


def _name(file: dict[str, Any]) -> str:
    return str(file.get("kept_as", Path(file["source"]).name))


def _as_json(module: bytes) -> bytes:
    """A list of texts or cases, a line each; of long texts what is repeated, how often, and what follows."""
    text = module.decode()
    cases: list[Any] = json.loads(text[text.index("[") : text.rindex("]") + 1])
    for case in cases:
        if isinstance(case, dict) and len(case["input"]) > LONG:
            unit, times, rest = _repeated(case.pop("input"))
            case |= {"repeated": unit, "times": times, "then": rest}
    return ("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n").encode()


def _repeated(text: str) -> tuple[str, int, str]:
    size = next(size for size in range(1, LONG) if text.startswith(text[:size] * (LONG // size)))
    times = next(times for times in range(len(text) // size, 0, -1) if text.startswith(text[:size] * times))
    return text[:size], times, text[size * times :]


def _page(archive: Path, package: dict[str, Any]) -> str:
    text = _member(archive, package["licence_source"]).decode()
    files = ", ".join(f"`{_name(file)}`" for file in package["file"])
    note = f"{package['note']}\n\n" if "note" in package else ""
    return (
        f"## {package['name']} {package['version']}\n\n"
        f"{files}; licence: {package['licence']}.\n\n{note}```text\n{text.strip()}\n```\n"
    )


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as opened:
        found = opened.extractfile(f"package/{name}")
        assert found is not None, f"{archive.name} has no {name}"
        return found.read()


if __name__ == "__main__":
    raise SystemExit(main())
