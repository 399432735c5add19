"""Variables among literal orders: where they may stand, and their values put in.

Owns the places by the names of fields, and the putting in. Leaves types and values to api/variables.py. Next:
skeleton.py, which finds the variables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from counterfoil.capture.tracking.skeleton import Use, marked
from counterfoil.capture.tracking.verticals import VERTICAL_PARAMETERS
from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CustomIds,
    NameValuePair,
    NewOrder,
    OrderItem,
    Restatement,
)

GROWTH_MIN = 64 * 1024
"""So many bytes all values may come to, each counted as often as it is used; or as many as the list has."""

_PLACES: tuple[tuple[frozenset[str], str], ...] = (
    *((frozenset(shape.__struct_encode_fields__), "{%s}") for shape in (NewOrder, Restatement, Cancellation)),
    (frozenset(OrderItem.__struct_encode_fields__), "{items: [{%s}]}"),
    (frozenset(NameValuePair.__struct_encode_fields__), "{customParameters: [{%s}]}"),
    (frozenset(BypassChannel.__struct_encode_fields__), "{bypassChannel: {%s}}"),
    (frozenset(CustomIds.__struct_encode_fields__), "{ids: {%s}}"),
    (VERTICAL_PARAMETERS, "{verticalParameters: {%s}}"),
)


def examples(uses: Collection[Use]) -> str:
    """Orders that say nothing but the variables, each wherever a field of that name may stand.

    What fits all these places fits those where it stood; of the name alone nobody can tell which they are.
    """
    return " ".join(dict.fromkeys(_examples(sorted(uses))))


def _examples(uses: Collection[Use]) -> Iterator[str]:
    for field, variable in uses:
        for names, place in _PLACES:
            if field in names:
                yield place % f"{field}: ${variable}"


def filled(json: bytes, values: Mapping[str, bytes]) -> bytes | None:
    """The JSON of a list, with a value as JSON in place of each variable; None where that is too much."""
    growth = sum(json.count(marked(variable)) * len(value) for variable, value in values.items())
    if growth > max(len(json), GROWTH_MIN):
        return None
    for variable, value in values.items():
        json = json.replace(marked(variable), value)
    return json
