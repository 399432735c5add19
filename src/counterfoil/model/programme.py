"""The network's reference data: who takes part, and what is paid for what, since when.

Owns the shapes; network.py reads and writes the file, the store keeps the versions, rules/ apply them.
Next: rules/attribution.py and rules/commission.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from counterfoil.money import CENT, EXACT


class ActionType(StrEnum):
    """What a tracker counts (spec/commission-detail-api.md, section 5)."""

    SIM_SALE = "sim_sale"
    SIM_LEAD = "sim_lead"
    ITEM_SALE = "item_sale"
    ITEM_LEAD = "item_lead"

    @property
    def is_item_based(self) -> bool:
        """Whether amounts come from items rather than from `amount`."""
        return self is _ITEM_SALE or self is _ITEM_LEAD


_ITEM_SALE, _ITEM_LEAD = ActionType.ITEM_SALE, ActionType.ITEM_LEAD


class LockingMethod(StrEnum):
    """How it is decided until when an action can change (spec/processing.md, section 15)."""

    IMMEDIATE = "IMMEDIATE"
    FIXED_DATE = "FIXED_DATE"
    FIXED_DURATION = "FIXED_DURATION"
    OPEN_ENDED = "OPEN_ENDED"


class Advertiser(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A company that pays. `hosts` are the domains that click links may lead to (D140)."""

    id: int
    name: str
    currency: str
    hosts: tuple[str, ...] = ()
    end: datetime | None = None


class Enterprise(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account of an advertiser, named in every order (D135)."""

    id: int
    advertiser: int
    name: str
    end: datetime | None = None


class Publisher(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A company that is paid."""

    id: int
    name: str
    currency: str
    end: datetime | None = None


class Property(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A publisher's site or app (PID)."""

    id: int
    publisher: int
    name: str
    end: datetime | None = None


class Ad(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A link of an advertiser (AID) and where it leads."""

    id: int
    advertiser: int
    destination: str
    deep_links: bool = True
    end: datetime | None = None


class ActionTracker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something an enterprise pays for."""

    id: int
    enterprise: int
    name: str
    type: ActionType
    description: str = ""
    end: datetime | None = None


class Condition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One condition of a situation, on one fact of the order.

    `subject` is one of vertical, custom, coupon, device, channel, property, new_to_file, amount; `name` says
    which vertical or custom parameter. What is given of `equals` (any of them, without case), `present`,
    `at_least` and `below` must all hold. Amounts are in the advertiser's currency.
    """

    subject: str
    name: str = ""
    equals: tuple[str, ...] = ()
    present: bool | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None


class Situation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named set of conditions, all of which hold (spec/processing.md, section 9)."""

    id: int
    advertiser: int
    name: str
    conditions: tuple[Condition, ...]


class ItemList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """SKUs, exact and case-sensitive, from `valid_from` on."""

    id: int
    advertiser: int
    valid_from: datetime
    skus: frozenset[str]


class Coupon(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code that is excluded from commission, or that belongs to one publisher (section 5).

    Exactly one of `excluded` and `publisher` says something. `code` is compared without case (D68).
    """

    code: str
    advertiser: int
    valid_from: datetime
    valid_until: datetime | None = None
    excluded: bool = False
    publisher: int | None = None


class Percent(Struct, frozen=True, kw_only=True, tag="percent", dict=True):
    """A share; `value` 8 means 8 %."""

    value: Decimal

    @cached_property
    def factor(self) -> Decimal:
        """The share as what an amount is multiplied by."""
        return EXACT.multiply(self.value, CENT)


class Flat(Struct, frozen=True, kw_only=True, tag="flat"):
    """An amount per order on simple actions, per unit on item actions (D79)."""

    value: Decimal
    currency: str


class PercentOfSale(Struct, frozen=True, kw_only=True, tag="percent_of_sale"):
    """A fee that is a share of the sale rather than of the commission (D84)."""

    value: Decimal


Fee = Percent | PercentOfSale | Flat
"""`Percent` is a share of the commission."""


class CommissionRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rank of an action's terms. No situation, list or properties means: always."""

    rank: int
    rate: Percent | Flat
    situation: int | None = None
    item_list: int | None = None
    properties: tuple[int, ...] = ()


class Locking(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`days` is the duration of FIXED_DURATION, or the provisional days of OPEN_ENDED (D99, 600)."""

    method: LockingMethod
    days: int | None = None


class Incentive(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bonus for passing a threshold in a month; `threshold_kind` is orders, sales or commission, `reward`
    a percentage of the month's sales or a flat amount (section 9)."""

    threshold_kind: str
    threshold: Decimal
    reward: PercentOfSale | Flat


class ActionTerms(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """What a contract pays for one action tracker. `excluded_channels` withhold commission (D69)."""

    action_tracker: int
    locking: Locking
    rules: tuple[CommissionRule, ...]
    referral_days: int = 30
    referral_occurrences: int | None = None
    excluded_channels: tuple[str, ...] = ()
    incentives: tuple[Incentive, ...] = ()

    @cached_property
    def referral_period(self) -> timedelta:
        """How long after the click an order may come."""
        return timedelta(days=self.referral_days)

    @cached_property
    def rules_by_rank(self) -> tuple[CommissionRule, ...]:
        """The rules in the order in which they are tried."""
        return tuple(sorted(self.rules, key=lambda rule: rule.rank))

    @cached_property
    def for_every_order(self) -> tuple[tuple[CommissionRule, None]] | None:
        """The first rule, if it asks for nothing: then no other is ever tried."""
        first = self.rules_by_rank[0] if self.rules else None
        if first is None or first.properties or first.situation is not None or first.item_list is not None:
            return None
        return ((first, None),)

    @cached_property
    def flat_currencies(self) -> frozenset[str]:
        """The currencies of the flat commissions."""
        return frozenset(rule.rate.currency for rule in self.rules if isinstance(rule.rate, Flat))


class Terms(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """One version of a contract's programme terms, in force from `valid_from` until the next version."""

    id: int
    contract: int
    name: str
    valid_from: datetime
    actions: tuple[ActionTerms, ...]
    fee: Fee | None = None

    @cached_property
    def by_tracker(self) -> dict[int, ActionTerms]:
        """What is paid for each action tracker."""
        return {action.action_tracker: action for action in self.actions}


class Contract(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Joins a publisher to an advertiser's programme, from `start` until before `end`."""

    id: int
    advertiser: int
    publisher: int
    start: datetime
    end: datetime | None = None


class RateQuote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many units of `currency` one euro was worth on `day`, by `source`; `is_fixed` has no age (D149)."""

    currency: str
    day: date
    source: str
    per_euro: Decimal
    is_fixed: bool = False


_Series = TypeVar("_Series", Terms, ItemList)


def _in_force(series: Sequence[_Series], when: datetime) -> _Series | None:
    """The one of an ascending series that is in force at `when`."""
    for entry in reversed(series):
        if entry.valid_from <= when:
            return entry
    return None


class Network(Struct, frozen=True, kw_only=True):
    """All reference data as one version of the network knows it, with the look-ups that deciding needs.

    `version` counts applied files; `position` is the place in the log at which this version became known
    (submissions after it see it). Series are ascending by the start of their validity.
    """

    version: int
    position: int
    advertisers: dict[int, Advertiser] = {}
    enterprises: dict[int, Enterprise] = {}
    publishers: dict[int, Publisher] = {}
    properties: dict[int, Property] = {}
    ads: dict[int, Ad] = {}
    action_trackers: dict[int, ActionTracker] = {}
    contracts: dict[tuple[int, int], tuple[Contract, ...]] = {}
    """By advertiser and publisher."""
    terms: dict[int, tuple[Terms, ...]] = {}
    """By contract."""
    situations: dict[int, Situation] = {}
    item_lists: dict[int, tuple[ItemList, ...]] = {}
    coupons: dict[tuple[int, str], tuple[Coupon, ...]] = {}
    """By advertiser and code in lower case."""

    def contract_at(self, advertiser: int, publisher: int, when: datetime) -> Contract | None:
        """The contract between the two that is active at `when`."""
        for contract in self.contracts.get((advertiser, publisher), ()):
            if contract.start <= when and (contract.end is None or when < contract.end):
                return contract
        return None

    def terms_at(self, contract: int, when: datetime) -> Terms | None:
        """The version of a contract's terms in force at `when`."""
        return _in_force(self.terms.get(contract, ()), when)

    def item_list_at(self, item_list: int, when: datetime) -> ItemList | None:
        """The content of an item list in force at `when`."""
        return _in_force(self.item_lists.get(item_list, ()), when)

    def coupon_at(self, advertiser: int, code: str, when: datetime) -> Coupon | None:
        """What the advertiser says at `when` about a coupon, compared without case (D68)."""
        for coupon in reversed(self.coupons.get((advertiser, code.lower()), ())):
            if coupon.valid_from <= when and (coupon.valid_until is None or when < coupon.valid_until):
                return coupon
        return None
