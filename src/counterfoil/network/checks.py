"""Checks: what must fit together in a network file, beyond each value by itself.

Owns the rules between things, as an ordered list of functions; each yields (path, sentence, remedy). Reads no
text. Next: file.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from counterfoil.model.programme import (
    ActionTerms,
    ActionTracker,
    Advertiser,
    Contract,
    Coupon,
    Enterprise,
    Flat,
    ItemList,
    Property,
    RateQuote,
    Situation,
    Terms,
)

Finding = tuple[str, str, str]


class Sections:
    """The things of a file that could be built, by section, and where each of them stands.

    Things that could not be built are absent; a check says nothing about what it can't see.
    """

    def __init__(self, things: dict[str, tuple[Any, ...]], place: Callable[[Any], str]) -> None:
        """`place` gives the path of the table that a thing was built of."""
        self.place = place
        self._things = things
        self._by_id: dict[str, dict[int, Any]] = {}

    def of(self, section: str) -> tuple[Any, ...]:
        """The things of one section in the file's order."""
        return self._things.get(section, ())

    def by_id(self, section: str) -> dict[int, Any]:
        """The things of one section; of several with one id, the first."""
        if section not in self._by_id:
            self._by_id[section] = {thing.id: thing for thing in reversed(self.of(section))}
        return self._by_id[section]


def ids_are_unique(sections: Sections) -> Iterator[Finding]:
    """No two things of one kind share an id."""
    for section in (
        "advertisers", "enterprises", "publishers", "properties", "ads", "action_trackers", "situations",
        "contracts",
    ):  # fmt: skip
        first: dict[int, str] = {}
        for thing in sections.of(section):
            place = sections.place(thing)
            if thing.id in first:
                yield f"{place}.id", f"is {thing.id}, like {first[thing.id]}", "give each its own id"
            first.setdefault(thing.id, place)


def versions_start_once(sections: Sections) -> Iterator[Finding]:
    """Of one item list, coupon or contract's terms, no two versions start at the same time."""
    starts: dict[tuple[object, ...], str] = {}
    for thing in (*sections.of("item_lists"), *sections.of("coupons"), *sections.of("terms")):
        place = sections.place(thing)
        series = _series(thing)
        if (*series, thing.valid_from) in starts:
            other = starts[*series, thing.valid_from]
            yield (
                f"{place}.valid_from",
                f"is {_written(thing.valid_from)}, when {other} starts too",
                "give each version of the same thing its own start",
            )
        starts.setdefault((*series, thing.valid_from), place)


def _series(thing: ItemList | Coupon | Terms) -> tuple[object, ...]:
    if isinstance(thing, ItemList):
        return "item list", thing.id
    if isinstance(thing, Coupon):
        return "coupon", thing.advertiser, thing.code.lower()
    return "terms", thing.contract


def ids_of_versions_stay(sections: Sections) -> Iterator[Finding]:
    """All versions of an item list belong to one advertiser, all versions of terms to one contract."""
    for section, owner in (("item_lists", "advertiser"), ("terms", "contract")):
        first: dict[int, Any] = {}
        for thing in sections.of(section):
            earlier = first.setdefault(thing.id, thing)
            if getattr(thing, owner) != getattr(earlier, owner):
                yield (
                    f"{sections.place(thing)}.id",
                    f"is {thing.id}, like {sections.place(earlier)}, which has another {owner}",
                    f"use another id, or the same {owner}",
                )


def rates_are_plain(sections: Sections) -> Iterator[Finding]:
    """For one currency and day there is one rate."""
    first: dict[tuple[str, object], str] = {}
    for quotes in sections.of("rates"):
        place = sections.place(quotes)
        for quote in quotes:
            assert isinstance(quote, RateQuote)
            other = first.setdefault((quote.currency, quote.day), place)
            if other != place:
                yield (
                    f"{place}.per_euro.{quote.currency}",
                    f"has a rate from {quote.day}, and so has {other}",
                    "keep one of them",
                )


def contracts_do_not_overlap(sections: Sections) -> Iterator[Finding]:
    """At any time there is one contract at most between an advertiser and a publisher."""
    between: dict[tuple[int, int], list[Contract]] = {}
    for contract in sections.of("contracts"):
        between.setdefault((contract.advertiser, contract.publisher), []).append(contract)
    for contracts in between.values():
        contracts.sort(key=lambda contract: contract.start)
        for earlier, later in pairwise(contracts):
            if earlier.end is None or later.start < earlier.end:
                yield (
                    f"{sections.place(later)}.start",
                    f"lies within contract {earlier.id} between the same two companies",
                    f"end contract {earlier.id} at {_written(later.start)} or before, or start later",
                )


def conditions_name_properties(sections: Sections) -> Iterator[Finding]:
    """A condition on the property names properties of the file."""
    known = sections.by_id("properties")
    for situation in sections.of("situations"):
        for condition in situation.conditions:
            if condition.subject != "property":
                continue
            for each in condition.equals:
                if int(each) not in known:
                    yield (
                        f"{sections.place(condition)}.equals",
                        f"names {each}, and no property has this id",
                        "correct the id, or add the property",
                    )


def terms_keep_to_their_contract(sections: Sections) -> Iterator[Finding]:
    """Terms speak of actions, situations and lists of the contract's advertiser, and of its publisher's
    properties."""
    contracts: dict[int, Contract] = sections.by_id("contracts")
    for terms in sections.of("terms"):
        if contract := contracts.get(terms.contract):
            for action in terms.actions:
                yield from _of_other_advertiser(action, contract, sections)
                yield from _incentives_in_other_currency(action, contract, sections)


def _of_other_advertiser(action: ActionTerms, contract: Contract, sections: Sections) -> Iterator[Finding]:
    trackers: dict[int, ActionTracker] = sections.by_id("action_trackers")
    enterprises: dict[int, Enterprise] = sections.by_id("enterprises")
    situations: dict[int, Situation] = sections.by_id("situations")
    item_lists: dict[int, ItemList] = sections.by_id("item_lists")
    properties: dict[int, Property] = sections.by_id("properties")

    def foreign(place: str, what: str, owner: int) -> Finding:
        return (
            place,
            f"names {what} of advertiser {owner}, and the contract is with {contract.advertiser}",
            f"name one of advertiser {contract.advertiser}",
        )

    tracker = trackers.get(action.action_tracker)
    enterprise = tracker and enterprises.get(tracker.enterprise)
    if enterprise and enterprise.advertiser != contract.advertiser:
        yield foreign(
            f"{sections.place(action)}.tracker", f"tracker {action.action_tracker}", enterprise.advertiser
        )
    for rule in action.rules:
        place = sections.place(rule)
        situation = situations.get(rule.situation or 0)
        if situation and situation.advertiser != contract.advertiser:
            yield foreign(f"{place}.situation", f"situation {situation.id}", situation.advertiser)
        item_list = item_lists.get(rule.item_list or 0)
        if item_list and item_list.advertiser != contract.advertiser:
            yield foreign(f"{place}.item_list", f"item list {item_list.id}", item_list.advertiser)
        for index, each in enumerate(rule.properties):
            if (owned := properties.get(each)) and owned.publisher != contract.publisher:
                yield (
                    f"{place}.properties[{index}]",
                    f"is of publisher {owned.publisher}, and the contract is with {contract.publisher}",
                    f"name properties of publisher {contract.publisher}",
                )


def _incentives_in_other_currency(
    action: ActionTerms, contract: Contract, sections: Sections
) -> Iterator[Finding]:
    advertiser: Advertiser | None = sections.by_id("advertisers").get(contract.advertiser)
    for incentive in action.incentives:
        reward = incentive.reward
        if advertiser and isinstance(reward, Flat) and reward.currency != advertiser.currency:
            yield (
                f"{sections.place(reward)}.currency",
                f"is {reward.currency}, and the advertiser reckons in {advertiser.currency}",
                f'write "{advertiser.currency}"',
            )


def terms_name_each_action_once(sections: Sections) -> Iterator[Finding]:
    """One version of terms names an action tracker once."""
    for terms in sections.of("terms"):
        first: dict[int, str] = {}
        for action in terms.actions:
            place = sections.place(action)
            if action.action_tracker in first:
                yield (
                    f"{place}.tracker",
                    f"is {action.action_tracker}, like {first[action.action_tracker]}",
                    "put all rules of a tracker under one action",
                )
            first.setdefault(action.action_tracker, place)


def ranks_are_unique(sections: Sections) -> Iterator[Finding]:
    """No two rules of an action have the same rank."""
    for action in _actions(sections):
        first: dict[int, str] = {}
        for rule in action.rules:
            place = sections.place(rule)
            if rule.rank in first:
                yield (
                    f"{place}.rank",
                    f"is {rule.rank}, like {first[rule.rank]}",
                    "give each rule its own rank; the lowest is tried first",
                )
            first.setdefault(rule.rank, place)


def lists_are_for_items(sections: Sections) -> Iterator[Finding]:
    """Only an action whose amounts come from items has rules with item lists."""
    trackers: dict[int, ActionTracker] = sections.by_id("action_trackers")
    for action in _actions(sections):
        tracker = trackers.get(action.action_tracker)
        if tracker is None or tracker.type.is_item_based:
            continue
        for rule in action.rules:
            if rule.item_list is not None:
                yield (
                    f"{sections.place(rule)}.item_list",
                    f"can never apply: tracker {tracker.id} is a {tracker.type}, which has no items",
                    "remove it, or name an item-based tracker",
                )


def _actions(sections: Sections) -> Iterator[ActionTerms]:
    for terms in sections.of("terms"):
        yield from terms.actions


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


CHECKS: tuple[Callable[[Sections], Iterator[Finding]], ...] = (
    ids_are_unique,
    versions_start_once,
    ids_of_versions_stay,
    rates_are_plain,
    contracts_do_not_overlap,
    conditions_name_properties,
    terms_keep_to_their_contract,
    terms_name_each_action_once,
    ranks_are_unique,
    lists_are_for_items,
)
