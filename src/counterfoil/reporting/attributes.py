"""Vertical attributes: what an order's vertical parameters are called in the report.

Owns the names that differ (spec/tracking-api.md, section 3) and the attributes without a parameter (D132,
D133). Shows what was sent, unjudged. Next: countries.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterfoil.reporting.countries import alpha3

PARAMETER_OF = {
    "custCountry": "customerCountry",
    "custSegment": "customerSegment",
    "custStatus": "customerStatus",
    "custType": "customerType",
    "destCity": "destinationCity",
    "destCountry": "destinationCountry",
    "destState": "destinationState",
    "minBalance": "minimumBalance",
    "minDeposit": "minimumDeposit",
    "minStayDuration": "minimumStayDuration",
    "orCity": "originCity",
    "orCountry": "originCountry",
    "orState": "originState",
}
"""The parameter of each attribute that has another name than its parameter."""

ALWAYS_NULL = frozenset({"age", "custPostCode"})


class Attributes:
    """The attributes of the records that have any; `has_any` says of every record whether it does."""

    def __init__(self, parameters: Sequence[Mapping[str, str]]) -> None:
        """`parameters` are those of every record, empty where there are none."""
        self.has_any = [bool(each) for each in parameters]
        self.all = [each for each in parameters if each]

    def __len__(self) -> int:
        return len(self.all)

    def values(self, field: str) -> list[str | None]:
        """What the attribute is on each record that has attributes."""
        if field in ALWAYS_NULL:
            return [None] * len(self.all)
        if field == "customerLocation":
            return [alpha3(each.get("customerCountry", "")) for each in self.all]
        name = PARAMETER_OF.get(field, field)
        return [each.get(name) for each in self.all]
