"""The audit of what others wrote: known weaknesses, licences, and the bill of materials.

Owns the verdict over the packages of one lock file and the vendored assets. Never passes what it could not
ask about: unreachable advisories are "not audited". Run by `make audit`; next: requirements/ for the locks.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import Distribution, PathDistribution, distributions
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "run.txt"
ASSETS = (ROOT / "src" / "counterfoil" / "api" / "assets.toml",)
BILL = ROOT / "build" / "counterfoil.cdx.json"

_PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^ ;\\]+)")

# A licence passes by a word that names it, and only if no word of the second list stands beside it.
_PERMITTED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|0BSD|Public Domain|Unlicense|Zlib",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\bA?GPL|Affero|SSPL|Commons Clause|Proprietary", re.IGNORECASE)


class Verdict(NamedTuple):
    """What one part of the audit found: a sentence, and whether it passes."""

    sentence: str
    passes: bool


# ── weaknesses ────────────────────────────────────────────────────────────────────────────────────────


def weaknesses(answer: Mapping[str, Any] | None) -> Verdict:
    """The verdict on the answer of `pip-audit --format json`; None stands for no answer.

    A package that was skipped was not audited, whatever the tool's exit code says.
    """
    entries: Sequence[Mapping[str, Any]] = () if answer is None else answer.get("dependencies", ())
    if not entries:
        return Verdict("Not audited: the advisories could not be asked.", False)
    found = [
        f"{entry['name']} {entry.get('version', '')}: {weakness['id']}"
        for entry in entries
        for weakness in entry.get("vulns", ())
    ]
    skipped = [str(entry["name"]) for entry in entries if "vulns" not in entry]
    if found:
        return Verdict(f"Known weaknesses: {'; '.join(found)}.", False)
    if skipped:
        return Verdict(f"Not audited: no advisories for {len(skipped)} of {len(entries)} packages.", False)
    return Verdict(f"No known weakness in {len(entries)} packages.", True)


def _advisories() -> Mapping[str, Any] | None:
    command = ["--require-hashes", "--disable-pip", "--format", "json", "--requirement", str(LOCK)]
    asked = subprocess.run(  # noqa: S603 - the tool of the environment that runs this file
        [str(Path(sys.executable).parent / "pip-audit"), *command],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    try:
        answer: Mapping[str, Any] = json.loads(asked.stdout)
    except ValueError:
        return None
    return answer


# ── licences ──────────────────────────────────────────────────────────────────────────────────────────


def locked(text: str) -> dict[str, str]:
    """Packages of a lock file and their versions, by normalised name."""
    return {_normal(name): version for name, version in _PINNED.findall(text)}


def licence_of(package: Distribution) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the short field."""
    said = package.metadata.json
    if expression := said.get("license_expression"):
        return str(expression)
    classifiers = [
        each.rpartition(" :: ")[2]
        for each in package.metadata.get_all("Classifier") or ()
        if each.startswith("License :: ") and not each.endswith("OSI Approved")
    ]
    return "; ".join(classifiers) or str(said.get("license", "")).split("\n")[0]


def licences(by_name: Mapping[str, str]) -> Verdict:
    """The verdict on licences: permissive ones, and LGPL or MPL as unmodified dependencies; no other."""
    refused = [
        f"{name}: {licence or 'says none'}"
        for name, licence in sorted(by_name.items())
        if not _PERMITTED.search(licence) or _REFUSED.search(licence.replace("LGPL", ""))
    ]
    if refused:
        return Verdict(f"Licences to look at: {'; '.join(refused)}.", False)
    return Verdict(f"The licences of {len(by_name)} packages fit.", True)


def _installed(names: Iterable[str], folder: Path) -> dict[str, PathDistribution]:
    wanted = set(names)
    found: dict[str, PathDistribution] = {}
    for package in distributions(path=[str(folder)]):
        name = _normal(package.metadata["Name"])
        if name in wanted and isinstance(package, PathDistribution):
            found[name] = package
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# ── the bill of materials ─────────────────────────────────────────────────────────────────────────────


def bill(environment: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The bill of a server: of an environment's bill the locked packages, and the vendored assets."""
    wanted = set(names)
    components = [each for each in environment["components"] if _normal(each["name"]) in wanted]
    kept = {each["bom-ref"] for each in components}
    root = environment.get("metadata", {}).get("component", {}).get("bom-ref")
    return {
        **environment,
        "components": components + [part for assets in ASSETS for part in _vendored(assets)],
        "dependencies": [
            {**each, "dependsOn": [ref for ref in each.get("dependsOn", ()) if ref in kept]}
            for each in environment.get("dependencies", ())
            if each["ref"] in kept or each["ref"] == root
        ],
    }


def _vendored(assets: Path) -> list[dict[str, Any]]:
    return [
        {
            "bom-ref": f"{package['name']}@{package['version']}/{file['source']}",
            "type": "library",
            "name": package["name"],
            "version": package["version"],
            "description": f"{file['source']}, vendored",
            "licenses": [{"license": {"id": package["licence"]}}],
            "hashes": [{"alg": "SHA-256", "content": file["sha256"]}],
        }
        for package in tomllib.loads(assets.read_text("utf-8"))["package"]
        for file in package["file"]
    ]


def _environment(python: Path) -> Mapping[str, Any]:
    tool = str(Path(sys.executable).parent / "cyclonedx-py")
    printed = subprocess.run(  # noqa: S603 - as above
        [
            tool,
            "environment",
            str(python),
            "--pyproject",
            str(ROOT / "pyproject.toml"),
            "--output-reproducible",
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    environment: Mapping[str, Any] = json.loads(printed.stdout)
    return environment


def main() -> int:
    """Audits the environment whose Python is named; answers 1 unless every part passes."""
    python = Path(sys.argv[1])
    versions = locked(LOCK.read_text("utf-8"))
    folder = next(python.parent.parent.glob("lib/python3.*/site-packages"))
    packages = _installed(versions, folder)
    verdicts = [
        licences({name: licence_of(package) for name, package in packages.items()}),
        weaknesses(_advisories()),
    ]
    BILL.parent.mkdir(exist_ok=True)
    parts = bill(_environment(python), versions)
    BILL.write_text(json.dumps(parts, indent=1), "utf-8")
    number = len(parts["components"])
    verdicts.append(
        Verdict(f"Bill of materials (CycloneDX): {BILL.relative_to(ROOT)}, {number} parts.", True)
    )
    for verdict in verdicts:
        sys.stdout.write(f"{'ok  ' if verdict.passes else 'FAIL'}  {verdict.sentence}\n")
    return 0 if all(verdict.passes for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
