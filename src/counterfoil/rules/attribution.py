"""Attribution: who is credited with an order, and whether it earns commission.

Owns sections 3 and 4 of spec/processing.md, conditions in order. Prices nothing. Next: commission.py.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from counterfoil.errors import Code
from counterfoil.model.ledger import Click, Credit
from counterfoil.model.orders import NewOrder, clean_text
from counterfoil.model.programme import ActionTerms, Contract, Network, Terms
from counterfoil.rules.coupons import withheld_by_channel, withheld_by_coupon

EVENT_BEFORE_CLICK_MAX = timedelta(hours=24)
"""How far the event time may lie before the click: date-only times, clocks that differ (D64)."""
_UNATTRIBUTED = Code.UNATTRIBUTED
_EARLIEST_BEFORE_CLICK = -EVENT_BEFORE_CLICK_MAX


class Commissionable(Struct, frozen=True, kw_only=True, gc=False):
    """A create that earns commission, and what it is priced by for life.

    `referral_ordinal` is the one to draw for the click, `None` where the terms know no limit (D65).
    """

    credit: Credit
    contract: Contract
    terms: Terms
    action_terms: ActionTerms
    referral_ordinal: int | None = None
    warnings: tuple[Code, ...] = ()


class NotCommissionable(Struct, frozen=True, kw_only=True):
    """A create that is recorded only: the first condition that failed.

    `credit` is `None` if nobody of this programme was named (conditions 1 and 2).
    """

    code: Code
    credit: Credit | None = None
    warnings: tuple[Code, ...] = ()


def click_named(cj_event: str | None) -> str | None:
    """The click that an order names, `None` if none: empty and `n/a` count as absent (D61)."""
    if not cj_event or cj_event.strip().lower() in ("", "n/a"):
        return None
    return cj_event


def credit(order: NewOrder, click: Click | None, network: Network) -> Credit | Code:
    """Who is credited: the click, otherwise ad and property together (spec/processing.md, section 3).

    `click` is the one that the order names, `None` if it was never stored here. The click's own `sid` wins
    over the order's (D62). The code is that of condition 1, or of a property that nobody owns.
    """
    if click is not None:
        return Credit(
            publisher_id=click.publisher_id,
            property_id=click.property_id,
            ad_id=click.ad_id,
            sid=click.sid or _sid(order),
            click=click,
        )
    if order.ad_id is None or order.promotional_property_id is None:
        return Code.UNATTRIBUTED
    owned = network.properties.get(order.promotional_property_id)
    if owned is None:
        return Code.AD_OR_PROPERTY_UNKNOWN
    return Credit(publisher_id=owned.publisher, property_id=owned.id, ad_id=order.ad_id, sid=_sid(order))


def _sid(order: NewOrder) -> str | None:
    """The publisher's mark as a text column can hold it (D145)."""
    return order.sid and clean_text(order.sid)


def judge(
    order: NewOrder,
    click: Click | None,
    *,
    advertiser_id: int,
    event_time: datetime,
    network: Network,
    ordinals_used: Collection[int] = (),
) -> Commissionable | NotCommissionable:
    """Whether a create earns commission, by conditions 1 to 9 in order (spec/processing.md, section 4).

    `ordinals_used` are the referral ordinals that orders which are not cancelled hold of this click and
    action, in this order's mode; asked for only where the terms have a limit.
    """
    credited = credit(order, click, network)
    if credited is _UNATTRIBUTED:
        return NotCommissionable(code=credited)
    named_in_vain = click is None and click_named(order.cj_event) is not None
    warnings = (Code.FALLBACK_USED,) if named_in_vain else ()
    if isinstance(credited, Code):
        return NotCommissionable(code=credited, warnings=warnings)
    if stranger := _outside_programme(credited, advertiser_id, event_time, network):
        return NotCommissionable(code=stranger, warnings=warnings)

    # Conditions 4 and 5 need the terms that 6 and 7 ask for; without terms they cannot fail.
    contract = network.contract_at(advertiser_id, credited.publisher_id, event_time)
    terms = network.terms_at(contract.id, event_time) if contract is not None else None
    action_terms = terms.by_tracker.get(order.action_tracker_id) if terms is not None else None
    ordinal = _ordinal_to_draw(credited, action_terms, ordinals_used)

    code = _against_click(credited.click, action_terms, event_time)
    if code is None and ordinal is not None and _is_used_up(ordinals_used, action_terms):
        code = Code.REFERRAL_LIMIT_REACHED
    if code is not None:
        return NotCommissionable(code=code, credit=credited, warnings=warnings)
    if contract is None:
        return NotCommissionable(code=Code.NO_ACTIVE_CONTRACT, credit=credited, warnings=warnings)
    if terms is None or action_terms is None:
        return NotCommissionable(code=Code.ACTION_NOT_IN_TERMS, credit=credited, warnings=warnings)
    withheld = withheld_by_coupon(
        order.coupon,
        credited.publisher_id,
        advertiser_id=advertiser_id,
        network=network,
        event_time=event_time,
    ) or withheld_by_channel(order.bypass_channel, action_terms)
    if withheld is not None:
        return NotCommissionable(code=withheld, credit=credited, warnings=warnings)
    return Commissionable(
        credit=credited,
        contract=contract,
        terms=terms,
        action_terms=action_terms,
        referral_ordinal=ordinal,
        warnings=warnings,
    )


def lowest_free(used: Collection[int]) -> int:
    """The lowest ordinal from 1 that is not used: a cancellation frees one in the middle (D65)."""
    ordinal = 1
    while ordinal in used:
        ordinal += 1
    return ordinal


def _outside_programme(
    credited: Credit, advertiser_id: int, event_time: datetime, network: Network
) -> Code | None:
    """Condition 2: click, ad and property are this programme's, and had not ended."""
    if credited.click is not None and credited.click.advertiser_id != advertiser_id:
        return Code.CLICK_OF_OTHER_ADVERTISER
    ad = network.ads.get(credited.ad_id)
    if ad is None or ad.advertiser != advertiser_id or (ad.end is not None and ad.end <= event_time):
        return Code.AD_OR_PROPERTY_UNKNOWN
    owned = network.properties.get(credited.property_id)
    if owned is None or (owned.end is not None and owned.end <= event_time):
        return Code.AD_OR_PROPERTY_UNKNOWN
    return None


def _against_click(
    click: Click | None, action_terms: ActionTerms | None, event_time: datetime
) -> Code | None:
    """Conditions 3 and 4, both edges inclusive (D63, D64); skipped without a click."""
    if click is None:
        return None
    since_click = event_time - click.clicked_at
    if since_click < _EARLIEST_BEFORE_CLICK:
        return Code.EVENT_BEFORE_CLICK
    if action_terms is not None and since_click > action_terms.referral_period:
        return Code.REFERRAL_PERIOD_OVER
    return None


def _ordinal_to_draw(credited: Credit, action_terms: ActionTerms | None, used: Collection[int]) -> int | None:
    """The ordinal for condition 5; occurrences are counted per click, so the pair of ids has none."""
    if credited.click is None or action_terms is None or action_terms.referral_occurrences is None:
        return None
    return lowest_free(used)


def _is_used_up(used: Collection[int], action_terms: ActionTerms | None) -> bool:
    """Whether as many orders use the click as it may have; a copy in the test ledger may be one too many."""
    limit = action_terms.referral_occurrences if action_terms is not None else None
    return limit is not None and len(used) >= limit
