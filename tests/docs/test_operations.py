"""The files for operators: every metric, label and command that they name is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from counterfoil.api.metering import ALL
from tests.docs.pages import ROOT

DASHBOARD = ROOT / "docs" / "operations" / "grafana-dashboard.json"
ALERTS = ROOT / "docs" / "operations" / "alerts.yml"

OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")
SHIPPED = (
    "OldestPending",
    "LedgerViolated",
    "Sheds",
    "RejectionsJump",
    "RateMissing",
    "LockDue",
    "Disk",
    "Clock",
)


def _names(text: str) -> set[str]:
    return set(re.findall(r"\bcounterfoil_[a-z_]+\b", text))


def _known() -> Iterator[str]:
    for named in ALL:
        if named.kind == "histogram":
            yield from (f"{named.name}{end}" for end in OF_A_HISTOGRAM)
        else:
            yield named.name


def _expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    return shown + re.findall(r"expr: (.+(?:\n {10}.+)*)", ALERTS.read_text("utf-8"))


@pytest.mark.parametrize("file", [DASHBOARD, ALERTS], ids=["dashboard", "alerts"])
def test_every_metric_that_is_named_exists(file: object) -> None:
    """The dashboard and the alerts name metrics of the page of metrics alone."""
    text = DASHBOARD.read_text("utf-8") if file is DASHBOARD else ALERTS.read_text("utf-8")

    assert _names(text)
    assert set() == _names(text) - set(_known())


def test_every_metric_is_looked_at() -> None:
    """No metric is counted that neither the dashboard nor an alert shows."""
    looked_at = _names(" ".join(_expressions()))

    assert [] == [
        named.name
        for named in ALL
        if not {named.name, *(f"{named.name}{end}" for end in OF_A_HISTOGRAM)} & looked_at
    ]


def test_every_label_is_one_of_its_metric() -> None:
    """An expression groups and selects by labels that its metric has."""
    labels = {
        name: set(named.labels) | {"le"} for named in ALL for name in (named.name, f"{named.name}_bucket")
    }
    for expression in _expressions():
        used = {word for found in re.findall(r"by \(([^)]*)\)", expression) for word in found.split(", ")}
        used |= set(re.findall(r"[{,]\s*(\w+)\s*!?=", expression))
        have = set().union(*(labels.get(name, set()) for name in _names(expression)))
        assert set() == used - have, expression


def test_the_alerts_are_whole() -> None:
    """Each alert has its sentence and its fix, panels do not lie upon each other, and none of ours lacks."""
    text = ALERTS.read_text("utf-8")
    alerts = re.findall(r"- alert: Counterfoil(\w+)", text)

    assert len(alerts) == text.count("summary: ") == text.count("fix: ") == text.count("expr: ")
    assert set() == set(SHIPPED) - set(alerts)
    places = [panel["gridPos"] for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]]
    cells = [(place["y"], x) for place in places for x in range(place["x"], place["x"] + place["w"])]
    assert len(cells) == len(set(cells))
