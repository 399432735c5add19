"""Commission: what an order earns its publisher, costs its advertiser and brings the network.

Owns the choice of rules and the pricing of one state of an order (spec/processing.md, section 9). Decides on
no order. Next: figures.py for the formulas, situations.py for conditions, ledger.py for the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, getcontext, setcontext

from msgspec import Struct
from msgspec.structs import replace

from counterfoil.errors import Code
from counterfoil.model.ledger import Amounts, Credit, Money3, PricedItem, Pricing, Rates, Stated
from counterfoil.model.programme import (
    ActionTerms,
    ActionTracker,
    CommissionRule,
    Fee,
    Flat,
    Network,
    Terms,
)
from counterfoil.money import EXACT, ZERO, plain, round3
from counterfoil.rules.amounts import Worth, reckon_worth
from counterfoil.rules.figures import Column, Steps, column
from counterfoil.rules.situations import facts_of, holds

_ZEROS = Money3(adv=ZERO, pub=ZERO, usd=ZERO)
_NO_RATES: Mapping[str, Rates] = {}
_NO_FLATS: dict[str, Decimal] = {}
_SHOWN_IN = {
    (False, False): " adv",
    (True, False): " adv pub",
    (False, True): " adv usd",
    (True, True): " adv pub usd",
}
"""The currencies that the advertiser's column is shown in: whether the publisher's and USD convert alike."""


class Priced(Struct, frozen=True, gc=False):
    """The reported figures of one state of an order, and what is odd about what was sent."""

    pricing: Pricing
    warnings: tuple[Code, ...]


class RateMissing(Struct, frozen=True, kw_only=True):
    """A flat amount that applies is in a currency for which no rates came in: hold the submission (D82)."""

    currency: str


def flat_currencies(terms: Terms, action_terms: ActionTerms) -> frozenset[str]:
    """The currencies of flat commissions and fees, for which `price` may need rates."""
    currencies = action_terms.flat_currencies
    return currencies | {terms.fee.currency} if isinstance(terms.fee, Flat) else currencies


def price(
    stated: Stated,
    *,
    tracker: ActionTracker,
    terms: Terms,
    action_terms: ActionTerms,
    network: Network,
    event_time: datetime,
    currency: str,
    rates: Rates,
    credit: Credit,
    flat_rates: Mapping[str, Rates] = _NO_RATES,
) -> Priced | RateMissing:
    """The figures of an order as stated, by its terms; rounded exactly where a formula rounds.

    `currency` is the order's, in upper case, and `rates` are its own. `flat_rates` are those of the other
    currencies that `flat_currencies` names, as far as there are any; a missing one matters only if the
    chosen rules or the fee need it. Item lists count as of `event_time` (D66).
    """
    # Itself, not the copy that `localcontext` would make for each order.
    outer = getcontext()
    setcontext(EXACT)
    try:
        worth = reckon_worth(stated, is_item_based=tracker.type.is_item_based)
        ranked = _ranked(stated, worth, action_terms, network, event_time, rates, credit)
        whole = None if worth.lines else _choose_whole(ranked)
        chosen, used = _chosen(ranked, worth) if worth.lines else ((), (whole,))

        known: Mapping[str, Rates] = _NO_RATES
        if flat_currencies(terms, action_terms):
            known = {}
            needed = [rule.rate for rule in used if rule is not None]
            for rate in (*needed, terms.fee):
                if isinstance(rate, Flat) and rate.currency not in known:
                    own = rates if rate.currency == currency else flat_rates.get(rate.currency)
                    if own is None:
                        return RateMissing(currency=rate.currency)
                    known[rate.currency] = own

        steps: Steps = []
        columns = _columns(worth, chosen, whole, terms.fee, rates, known, steps)
        pricing = Pricing(
            amounts=_amounts(columns, worth, steps),
            items=_items(columns, worth, chosen),
            situations=_situations(used, network),
            rule=whole.rank if whole is not None else None,
            steps=tuple(steps),
        )
    finally:
        setcontext(outer)
    return Priced(pricing, worth.warnings)


def nothing(previous: Pricing) -> Pricing:
    """The zero state of a cancellation: the prior items and situations, every quantity and amount 0."""
    return Pricing(
        amounts=Amounts(
            sale=_ZEROS, commission=_ZEROS, fee=_ZEROS, order_discount=_ZEROS, order_discount_original=ZERO
        ),
        items=tuple(
            replace(item, quantity=0, per_item=_ZEROS, commission=_ZEROS, discount=_ZEROS)
            for item in previous.items
        ),
        situations=previous.situations,
        rule=previous.rule,
    )


# ── the choice of rules ──────────────────────────────────────────────────────────────────────────────

_Rules = tuple[CommissionRule | None, ...]
_Ranked = Sequence[tuple[CommissionRule, frozenset[str] | None]]
"""Rules whose conditions hold, by rank, with the SKUs of their list; after one without list none counts."""


def _ranked(
    stated: Stated,
    worth: Worth,
    action_terms: ActionTerms,
    network: Network,
    event_time: datetime,
    rates: Rates,
    credit: Credit,
) -> _Ranked:
    if action_terms.for_every_order is not None:
        return action_terms.for_every_order
    facts = None
    judged: dict[int, bool] = {}
    ranked: list[tuple[CommissionRule, frozenset[str] | None]] = []
    for rule in action_terms.rules_by_rank:
        if rule.properties and credit.property_id not in rule.properties:
            continue
        if rule.situation is not None:
            if facts is None:
                facts = facts_of(stated, credit, worth.net * rates.adv.value)
            if rule.situation not in judged:
                judged[rule.situation] = holds(network.situations[rule.situation], facts)
            if not judged[rule.situation]:
                continue
        if rule.item_list is None:
            ranked.append((rule, None))
            break
        listed = network.item_list_at(rule.item_list, event_time)
        ranked.append((rule, listed.skus if listed is not None else frozenset()))
    return ranked


def _chosen(ranked: _Ranked, worth: Worth) -> tuple[_Rules, _Rules]:
    """The rule of each item, and the rules that any item has."""
    if ranked and ranked[0][1] is None:
        one = (ranked[0][0],)
        return one * len(worth.lines), one
    each = tuple([_choose(ranked, line[0]) for line in worth.lines])
    return each, each


def _choose(ranked: _Ranked, sku: str) -> CommissionRule | None:
    """The rule of one item: the first whose list, if any, contains its SKU, exactly."""
    for rule, skus in ranked:
        if skus is None or sku in skus:
            return rule
    return None


def _choose_whole(ranked: _Ranked) -> CommissionRule | None:
    """The rule of an order that counts as one sum: the first without item list."""
    for rule, skus in ranked:
        if skus is None:
            return rule
    return None


def _situations(used: _Rules, network: Network) -> tuple[tuple[int, str], ...]:
    ids: list[int] = []
    for rule in used:
        if rule is not None and rule.situation is not None and rule.situation not in ids:
            ids.append(rule.situation)
    return tuple([(situation, network.situations[situation].name) for situation in ids]) if ids else ()


# ── the three currencies side by side ────────────────────────────────────────────────────────────────

_Columns = tuple[Column, Column, Column]
"""Of the advertiser, the publisher, and in USD; one and the same where they convert alike."""


def _columns(
    worth: Worth,
    chosen: _Rules,
    whole: CommissionRule | None,
    fee: Fee | None,
    rates: Rates,
    flat_rates: Mapping[str, Rates],
    steps: Steps,
) -> _Columns:
    by_adv, by_pub, by_usd = rates.adv.value, rates.pub.value, rates.usd.value
    if not flat_rates:
        adv_flats = pub_flats = usd_flats = _NO_FLATS
    else:
        adv_flats = {code: own.adv.value for code, own in flat_rates.items()}
        pub_flats = {code: own.pub.value for code, own in flat_rates.items()}
        usd_flats = {code: own.usd.value for code, own in flat_rates.items()}
    adv_is_pub = by_adv == by_pub and adv_flats == pub_flats
    adv_is_usd = by_adv == by_usd and adv_flats == usd_flats
    pub_is_usd = not adv_is_usd and by_pub == by_usd and pub_flats == usd_flats

    divisors: list[str] = []
    shown_in = _SHOWN_IN[adv_is_pub, adv_is_usd]
    adv = column(worth, chosen, whole, fee, by_adv, adv_flats, shown_in, divisors, steps)
    pub = usd = adv
    if not adv_is_pub:
        shown_in = " pub usd" if pub_is_usd else " pub"
        pub = column(worth, chosen, whole, fee, by_pub, pub_flats, shown_in, divisors, steps)
    if pub_is_usd:
        usd = pub
    elif not adv_is_usd:
        usd = column(worth, chosen, whole, fee, by_usd, usd_flats, " usd", divisors, steps)
    return adv, pub, usd


def _amounts(columns: _Columns, worth: Worth, steps: Steps) -> Amounts:
    """The figures of the whole order; the last of its steps is that of its discount as sent."""
    adv, pub, usd = columns
    discount, original = _ZEROS, ZERO
    if worth.discounts:
        discount = Money3(adv.discount, pub.discount, usd.discount)
        original = round3(worth.discounts)
        if original != worth.discounts:
            steps.append(("order_discount_original", plain(worth.discounts)))
    return Amounts(
        Money3(adv.sale, pub.sale, usd.sale),
        Money3(adv.commission, pub.commission, usd.commission),
        Money3(adv.fee, pub.fee, usd.fee),
        discount,
        original,
    )


def _items(columns: _Columns, worth: Worth, chosen: _Rules) -> tuple[PricedItem, ...]:
    adv, pub, usd = columns
    items = []
    for line, rule, in_adv, in_pub, in_usd in zip(
        worth.lines, chosen, adv.items, pub.items, usd.items, strict=True
    ):
        sku, quantity, _, _, off = line
        adv_item, adv_commission, adv_discount = in_adv
        pub_item, pub_commission, pub_discount = in_pub
        usd_item, usd_commission, usd_discount = in_usd
        items.append(
            PricedItem(
                sku,
                quantity,
                Money3(adv_item, pub_item, usd_item),
                Money3(adv_commission, pub_commission, usd_commission),
                Money3(adv_discount, pub_discount, usd_discount) if off else _ZEROS,
                rule.rank if rule is not None else None,
                rule.item_list if rule is not None else None,
                rule.situation if rule is not None else None,
            )
        )
    return tuple(items)
