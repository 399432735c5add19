# Creates that earn nothing, code by code (spec/processing.md, sections 3 to 6 and 16.1).

story UNATTRIBUTED: no click, and not both of ad and property
create   A-1  tracker 401  amount 100
create   A-2  tracker 401  amount 100  ad 12000001
create   A-3  tracker 401  amount 100  property 9900001
create   A-4  tracker 401  amount 100  click ""
create   A-5  tracker 401  amount 100  click n/a
create   A-6  tracker 401  amount 100  click never-issued-here
process  UNATTRIBUTED UNATTRIBUTED UNATTRIBUTED UNATTRIBUTED UNATTRIBUTED UNATTRIBUTED
standing A-1  recorded  code UNATTRIBUTED  publisher none
told     A-1  UNATTRIBUTED
  says   No click and no ad with property names a publisher.
  fix    Send `cjEvent` from the `cje` cookie, or `adId` with `promotionalPropertyId`, in a new order.
ledger   A-1  nothing
restate  A-1  amount 50
cancel   A-1
process  ORDER_NOT_COMMISSIONABLE ORDER_NOT_COMMISSIONABLE
told     A-1  2  ORDER_NOT_COMMISSIONABLE
  says   The order is not commissionable.
  fix    Send a new order instead, with what was missing.

story CLICK_OF_OTHER_ADVERTISER: the cookie of another shop was read
create   A-1  tracker 401  click click-b-alpine  amount 100
create   A-2  tracker 451  click click-b  amount 100
process  CLICK_OF_OTHER_ADVERTISER CLICK_OF_OTHER_ADVERTISER
told     A-1  CLICK_OF_OTHER_ADVERTISER
  says   The click belongs to another advertiser.
  fix    Check which account's cookie was read.
ledger   A-1  nothing

story AD_OR_PROPERTY_UNKNOWN: one of the two is nobody's, or another programme's
create   A-1  tracker 401  ad 12000001  property 9911111  amount 100
create   A-2  tracker 401  ad 12011111  property 9900001  amount 100
create   A-3  tracker 401  ad 12000002  property 9900002  amount 100
process  AD_OR_PROPERTY_UNKNOWN AD_OR_PROPERTY_UNKNOWN AD_OR_PROPERTY_UNKNOWN
told     A-1  AD_OR_PROPERTY_UNKNOWN
  says   The ad or the property does not exist in this programme.
  fix    Correct the ids in a new order.

story A known click wins over ad and property; without one the pair counts, and the shopper id of the request
create   A-1  tracker 401  click click-a  ad 12000001  property 9900002  sid s-1  amount 100
create   A-2  tracker 401  ad 12000001  property 9900002  sid s-2  amount 100
create   A-3  tracker 401  click not-issued-here  ad 12000001  property 9900003  amount 100
process
standing A-1  standing  publisher 7700001  property 9900001  sid s-1  click click-a
standing A-2  standing  publisher 7700002  property 9900002  sid s-2  click none
standing A-3  standing  publisher 7700002  property 9900003  click none
submission A-2  posted
submission A-3  posted with FALLBACK_USED

story EVENT_BEFORE_CLICK: a day of tolerance, to the second
create   A-1  tracker 401  click click-a  amount 100  event 2026-02-28 09:00:00
create   A-2  tracker 401  click click-a  amount 100  event 2026-02-28 08:59:59
create   A-3  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-02-27 09:00
process  posted EVENT_BEFORE_CLICK posted
told     A-2  EVENT_BEFORE_CLICK
  says   The order happened more than a day before the click.
  fix    Check `eventTime` and its zone.

story REFERRAL_PERIOD_OVER: 120 times 24 hours after the click, the last second included
at 2026-06-29 10:00
create   A-1  tracker 401  click click-a  amount 100  event 2026-06-29 09:00:00
create   A-2  tracker 401  click click-a  amount 100  event 2026-06-29 09:00:01
create   A-3  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-06-29 09:00:01
process  posted REFERRAL_PERIOD_OVER posted
told     A-2  REFERRAL_PERIOD_OVER
  says   The order came after the referral period of the click.
  fix    None, unless the terms are wrong.
standing A-2  recorded  code REFERRAL_PERIOD_OVER  publisher 7700001

story The referral period is that of the terms at the event time
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, a week"
  + valid_from = 2026-03-05
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 7
  + rules = [ { rank = 1, rate = { percent = 8 } } ]
at 2026-03-20 10:00
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-08 09:00:00
create   A-2  tracker 401  click click-a  amount 100  event 2026-03-08 09:00:01
create   A-3  tracker 402  click click-a  item S 1 x 1  event 2026-03-04 23:59:59
create   A-4  tracker 402  click click-a  item S 1 x 1  event 2026-03-05
process  posted REFERRAL_PERIOD_OVER posted ACTION_NOT_IN_TERMS

story NO_ACTIVE_CONTRACT: a stranger, a publisher of another programme, a contract that had ended
network
  | publisher = 7700001
  - start = 1997-01-01
  + start = 1997-01-01
  + end = 2026-03-01T09:45:00Z
create   A-1  tracker 401  ad 12000001  property 9900009  amount 100
create   A-2  tracker 451  ad 12000002  property 9900001  amount 100
create   A-3  tracker 401  click click-a  amount 100  event 2026-03-01 09:44:59
create   A-4  tracker 401  click click-a  amount 100  event 2026-03-01 09:45:00
process  NO_ACTIVE_CONTRACT NO_ACTIVE_CONTRACT posted NO_ACTIVE_CONTRACT
told     A-1  NO_ACTIVE_CONTRACT
  says   The publisher had no active contract when the order was placed.
  fix    Join the publisher, then send new orders.
restate  A-3  amount 50                      # the end of a contract takes nothing from orders placed before it
process
ledger   A-3  original    100  8
ledger   A-3  reversal   -100 -8
ledger   A-3  correction   50  4

story ACTION_NOT_IN_TERMS: the account has the action, the contract does not pay for it
network
  + [[action_trackers]]
  + id = 406
  + enterprise = 1500001
  + name = "Gift card"
  + type = "sim_sale"
create   A-1  tracker 406  click click-a  amount 100
process  ACTION_NOT_IN_TERMS
told     A-1  ACTION_NOT_IN_TERMS
  says   The publisher's terms do not pay for this action.
  fix    Add the action to the terms.

story COUPON_EXCLUDED and COUPON_OF_OTHER_PUBLISHER: credit is not moved to the coupon's owner
create   A-1  tracker 401  click click-a  amount 100  coupon STAFF50
create   A-2  tracker 401  click click-b  amount 100  coupon VINYL10
create   A-3  tracker 401  click click-a  amount 100  coupon VINYL10
create   A-4  tracker 401  click click-b  amount 100  coupon "SPRING, vinyl10"
create   A-5  tracker 401  click click-b  amount 100  coupon VINYL10,staff50
create   A-6  tracker 401  click click-b  amount 100  coupon VINYL100
process  COUPON_EXCLUDED COUPON_OF_OTHER_PUBLISHER posted COUPON_OF_OTHER_PUBLISHER COUPON_EXCLUDED posted
standing A-2  recorded  publisher 7700002
told     A-2  COUPON_OF_OTHER_PUBLISHER
  says   The coupon belongs to another publisher.
  fix    None, unless the list is wrong.
told     A-1  COUPON_EXCLUDED
  says   The coupon is excluded from commission.
  fix    None, unless the list is wrong.
ledger   A-2  nothing
standing A-3  standing  coupon VINYL10  publisher 7700001

story CHANNEL_EXCLUDED: only where the terms give a channel's orders away
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, without mail"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + excluded_channels = ["Email"]
  + rules = [ { rank = 1, rate = { percent = 8 } } ]
create   A-1  tracker 401  click click-a  amount 100  bypass email 2026-03-01 09:20
create   A-2  tracker 401  click click-a  amount 100  bypass Search 2026-03-01 09:20
create   A-3  tracker 401  click click-b  amount 100  bypass Email 2026-03-01 09:20
process  CHANNEL_EXCLUDED posted posted
told     A-1  CHANNEL_EXCLUDED
  says   A rule gives this order to another marketing channel.
  fix    Check `bypassChannel` and the rule.
restate  A-2  amount 100  bypass Email 2026-03-01 09:20
restate  A-3  amount 100  bypass Email 2026-03-01 09:20
process  CHANGES_COMMISSIONABILITY posted

story The first condition that fails gives the code
create   A-1  tracker 401  amount 100  coupon STAFF50
create   A-2  tracker 401  click click-b-alpine  amount 100  event 2026-01-01
create   A-3  tracker 401  click click-a  amount 100  event 2026-02-01  coupon STAFF50
create   A-4  tracker 401  ad 12000001  property 9900009  amount 100  coupon STAFF50
create   A-5  tracker 401  ad 12000001  property 9911111  amount 100  coupon STAFF50
process  UNATTRIBUTED CLICK_OF_OTHER_ADVERTISER EVENT_BEFORE_CLICK NO_ACTIVE_CONTRACT AD_OR_PROPERTY_UNKNOWN

story Commission 0 is still commission: the record is posted with zeros
create   A-1  tracker 401  click click-a
process
ledger   A-1  original  0  0
submission A-1  posted with AMOUNT_MISSING
