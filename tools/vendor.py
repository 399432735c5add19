"""Vendoring: the browser assets of one list, fetched by exact version and kept in the repository.

Owns the copying, the comparison of hashes and the page of licences. Runs nothing of what it fetches. Run as
`python tools/vendor.py`; nothing else here needs node.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LISTS = (ROOT / "src" / "counterfoil" / "api" / "assets.toml",)
LICENCES = ROOT / "THIRD_PARTY.md"

_OPENING = """# Third-party assets

Files of others that travel with Counterfoil. Written by `make vendor` from the lists `assets.toml`, which
hold each file's SHA-256; do not edit.
"""


def main() -> int:
    """Fetches every asset; tells and answers 1 when a hash differs from its list."""
    pages = [_OPENING]
    faults: list[str] = []
    for asset_list in LISTS:
        for package in tomllib.loads(asset_list.read_text("utf-8"))["package"]:
            with tempfile.TemporaryDirectory() as folder:
                archive = _fetched(package, Path(folder))
                faults += _kept(archive, package, asset_list.parent / "static" / "vendor")
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


def _kept(archive: Path, package: dict[str, Any], vendor: Path) -> Iterator[str]:
    folder = vendor / f"{package['name']}-{package['version']}"
    for file in package["file"]:
        content = _member(archive, file["source"])
        found = hashlib.sha256(content).hexdigest()
        if found != file["sha256"]:
            yield f"{package['name']} {file['source']}: SHA-256 is {found}, the list says {file['sha256']}"
            continue
        folder.mkdir(parents=True, exist_ok=True)
        (folder / Path(file["source"]).name).write_bytes(content)


def _page(archive: Path, package: dict[str, Any]) -> str:
    text = _member(archive, package["licence_source"]).decode()
    files = ", ".join(f"`{Path(file['source']).name}`" for file in package["file"])
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
