"""Coupons and channels: what in an order withholds the commission of the publisher who was credited.

Owns sections 5 and 6 of spec/processing.md; the lists come with the network. Next: attribution.py.
"""

from __future__ import annotations

from datetime import datetime

from counterfoil.errors import Code
from counterfoil.model.orders import BypassChannel
from counterfoil.model.programme import ActionTerms, Network


def coupons_in(field: str | None) -> tuple[str, ...]:
    """The coupons of one field: split at commas, blanks around them removed, empty ones left out (D68)."""
    if not field:
        return ()
    return tuple([code for part in field.split(",") if (code := part.strip())])


def withheld_by_coupon(
    field: str | None, publisher_id: int, *, advertiser_id: int, network: Network, event_time: datetime
) -> Code | None:
    """Why a coupon withholds commission from this publisher, by the lists of the event time (D66, D67).

    An excluded coupon weighs more than another publisher's, wherever it stands in the field.
    """
    if not field:
        return None
    listed = [network.coupon_at(advertiser_id, code, event_time) for code in coupons_in(field)]
    known = [coupon for coupon in listed if coupon is not None]
    if not known:
        return None
    if any(coupon.excluded for coupon in known):
        return Code.COUPON_EXCLUDED
    if any(coupon.publisher is not None and coupon.publisher != publisher_id for coupon in known):
        return Code.COUPON_OF_OTHER_PUBLISHER
    return None


def withheld_by_channel(channel: BypassChannel | None, action_terms: ActionTerms) -> Code | None:
    """`CHANNEL_EXCLUDED` if the terms give orders of this channel to it; compared without case (D69)."""
    if channel is None or not action_terms.excluded_channels:
        return None
    name = channel.name.strip().casefold()
    if any(name == excluded.casefold() for excluded in action_terms.excluded_channels):
        return Code.CHANNEL_EXCLUDED
    return None


def judge_restated(
    coupon: str | None,
    channel: BypassChannel | None,
    publisher_id: int,
    *,
    action_terms: ActionTerms,
    advertiser_id: int,
    network: Network,
    event_time: datetime,
) -> Code | None:
    """Why a restatement with this coupon and channel is rejected: it would take the order from its publisher.

    `action_terms` are those that the order has for life; commissionability is checked before the publisher
    (spec/processing.md, section 17).
    """
    by_coupon = withheld_by_coupon(
        coupon, publisher_id, advertiser_id=advertiser_id, network=network, event_time=event_time
    )
    if by_coupon is Code.COUPON_EXCLUDED or withheld_by_channel(channel, action_terms) is not None:
        return Code.CHANGES_COMMISSIONABILITY
    if by_coupon is Code.COUPON_OF_OTHER_PUBLISHER:
        return Code.CHANGES_PUBLISHER
    return None
