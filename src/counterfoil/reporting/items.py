"""Items and situations: what lies within the records of a page, all of a page at once.

Owns the fields of `Item` and `Situation` (spec/commission-detail-api.md, section 6). Knows no query.
Next: attributes.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from counterfoil.store.reports import AmountShown, ItemShown, PricedShown

IDS_PER_RECORD = 1000
"""Item ids that a record could have; an order has at most 100 items."""


class Situations:
    """Situations (id, name) of some owners, records or items."""

    def __init__(self, by_owner: Sequence[Sequence[tuple[int, str]]]) -> None:
        self.by_owner = by_owner
        self.lengths = [len(situations) for situations in by_owner]
        self.all = list(chain.from_iterable(by_owner))

    def __len__(self) -> int:
        return len(self.all)

    def names_by_owner(self) -> list[list[str]]:
        """The names alone, for each owner."""
        return [[name for _, name in situations] for situations in self.by_owner]

    def values(self, field: str) -> list[str]:
        """What the field says of each situation."""
        return [name for _, name in self.all] if field == "name" else [str(number) for number, _ in self.all]


class Items:
    """The items of the records of a page, in their order."""

    def __init__(
        self, priced: Sequence[PricedShown], signs: Sequence[int], commission_ids: Sequence[str]
    ) -> None:
        """`signs` and `commission_ids` are those of the records."""
        self.lengths = [len(each.items) for each in priced]
        self.all: list[ItemShown] = list(chain.from_iterable(each.items for each in priced))
        self.signs = self._of_each(signs)
        self._priced = priced
        self._commission_ids = commission_ids

    def __len__(self) -> int:
        return len(self.all)

    def values(self, field: str) -> Sequence[Any] | Situations:
        """What the field says of each item."""
        return _FIELDS[field](self)

    @cached_property
    def situations(self) -> Situations:
        """The situation of each item's rule, if it has one."""
        named = self._of_each([dict(each.situations) for each in self._priced])
        return Situations(
            [
                () if item.situation is None else ((item.situation, names[item.situation]),)
                for item, names in zip(self.all, named, strict=True)
            ]
        )

    def ids(self) -> list[str]:
        """An id for each item: the record's thousandfold and the item's place in it, from 1."""
        return [
            str(int(commission_id) * IDS_PER_RECORD + place)
            for commission_id, length in zip(self._commission_ids, self.lengths, strict=True)
            for place in range(1, length + 1)
        ]

    def _of_each(self, by_record: Sequence[Any]) -> list[Any]:
        """What belongs to each record, for each of its items."""
        return [value for value, length in zip(by_record, self.lengths, strict=True) for _ in range(length)]


def _plain(text: str) -> str:
    """A figure with three decimals, without trailing zeros (section 8)."""
    return text.rstrip("0").rstrip(".")


def _signed(figure: Callable[[ItemShown], str]) -> Callable[[Items], list[str]]:
    def values(items: Items) -> list[str]:
        plain = (_plain(figure(item)) for item in items.all)
        return [
            text if sign > 0 or text == "0" else f"-{text}"
            for text, sign in zip(plain, items.signs, strict=True)
        ]

    return values


def _unsigned(figure: Callable[[ItemShown], str]) -> Callable[[Items], list[str]]:
    return lambda items: [_plain(figure(item)) for item in items.all]


def _three(
    name: str,
    figure: Callable[[ItemShown], AmountShown],
    printed: Callable[[Callable[[ItemShown], str]], Callable[[Items], list[str]]],
) -> dict[str, Callable[[Items], list[str]]]:
    """A figure in the three currencies."""
    return {
        f"{name}AdvCurrency": printed(lambda item: figure(item).adv),
        f"{name}PubCurrency": printed(lambda item: figure(item).pub),
        f"{name}Usd": printed(lambda item: figure(item).usd),
    }


_FIELDS: dict[str, Callable[[Items], Sequence[Any] | Situations]] = {
    "commissionItemId": Items.ids,
    **_three("discount", lambda item: item.discount, _signed),
    # No list is list 0 (spec/processing.md, section 9).
    "itemListId": lambda items: [str(item.item_list or 0) for item in items.all],
    **_three("totalCommission", lambda item: item.commission, _signed),
    "quantity": lambda items: [
        item.quantity * sign for item, sign in zip(items.all, items.signs, strict=True)
    ],
    # The one figure that a reversal does not negate (spec/processing.md, section 10).
    **_three("perItemSaleAmount", lambda item: item.per_item, _unsigned),
    "sku": lambda items: [item.sku for item in items.all],
    "situations": lambda items: items.situations.names_by_owner(),
    "situationDetails": lambda items: items.situations,
}
