"""Vertical parameters: their names on the wire.

Owns the list of spec/tracking-api.md, section 3, in its order; all are texts but the first. Says nothing
of what they mean. Next: decoding.py.
"""

from __future__ import annotations

ADVERTISER_VERTICAL = "advertiserVertical"
"""The one that is no free text: a `VerticalType`."""

VERTICAL_TYPES = frozenset({"Retail", "Finance", "Travel", "NetworkServices"})

_NAMES = """
    advertiserVertical ancillarySpend annualFee applicationStatus apr aprTransfer aprTransferTime
    bookingDate bookingStatus bookingValuePostTax bookingValuePreTax brand brandId businessUnit
    campaignId campaignName cardCategory carOptions cashAdvanceFee category city class
    confirmationNumber contractLength contractType countryCode couponDiscount couponType creditLine
    creditQuality creditReport cruiseType customerCountry customerSegment customerStatus
    customerType destinationCity destinationId delivery description destinationCountry
    destinationState domestic dropoffIata dropoffId duration endDateTime flightFareType
    flightOptions flightType flyerMiles fundedAmount fundedCurrency genre guests iata
    introductoryApr introductoryAprTime itemId itemName itemType itineraryId lifestage location
    loyaltyEarned loyaltyFirstTimeSignup loyaltyLevel loyaltyRedeemed loyaltyStatus margin
    marketingChannel minimumBalance minimumDeposit minimumStayDuration noCancellation orderSubtotal
    originCity originCountry originState paidAtBookingPostTax paidAtBookingPreTax paymentMethod
    paymentModel pickupIata pickupId platformId pointOfSale port preorder prepaid prequalify
    promotion promotionAmount promotionConditionThreshold promotionConditionType promotionEnds
    promotionStarts promotionType quantity rating rooms roomType serviceType shipName startDateTime
    state subscriptionFee subscriptionLength taxAmount taxType transferFee travelType tripType
    upsell shopifyOrderId
"""
VERTICAL_PARAMETERS = frozenset(_NAMES.split())
