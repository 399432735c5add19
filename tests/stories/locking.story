# Until when an order can change (spec/processing.md, section 15): Pacific calendar, to the second.
# Ad and property name the publisher, so that no click limits the event times.

story FIXED_DATE: the 10th of the next Pacific month, late from the 11th at 02:00 Pacific
create   A-1  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-02-20 18:45
create   A-2  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-03-01 05:30   # February there
create   A-3  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-03-01 09:30
process
status   A-1  new AUTOMATED  locking-date 2026-03-10 07:00  late-from 2026-03-11 09:00
status   A-2  new AUTOMATED  locking-date 2026-03-10 07:00  late-from 2026-03-11 09:00
status   A-3  new AUTOMATED  locking-date 2026-04-10 00:00 Pacific  late-from 2026-04-11 02:00 Pacific
at 2026-03-11 08:59:59
cancel   A-1
process
at 2026-03-11 09:00:00
status   A-2  locked AUTOMATED
restate  A-2  amount 50
cancel   A-2
process  ORDER_LOCKED ORDER_LOCKED
ledger   A-2  original  100  8
restate  A-3  amount 50
process

story The last second counts by the receipt, however late it is decided
create   A-1  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-02-20 18:45
process
at 2026-03-11 08:59:59
restate  A-1  amount 50
at 2026-03-11 09:00:00
restate  A-1  amount 20
at 2026-03-20
process  posted ORDER_LOCKED
standing A-1  standing  sale 50

story Winter time at the lock, and the last second of a Pacific year
at 2026-10-05 09:00
create   A-1  tracker 401  ad 12000001  property 9900001  amount 100
at 2027-01-01 08:00:00
create   A-2  tracker 401  ad 12000001  property 9900001  amount 100  event 2027-01-01 07:59:59
create   A-3  tracker 401  ad 12000001  property 9900001  amount 100  event 2027-01-01 08:00:00
process
status   A-1  locked AUTOMATED  locking-date 2026-11-10 08:00  late-from 2026-11-11 10:00
status   A-2  new AUTOMATED  locking-date 2027-01-10 08:00  late-from 2027-01-11 10:00
status   A-3  new AUTOMATED  locking-date 2027-02-10 08:00  late-from 2027-02-11 10:00
at 2027-01-11 09:59:59
restate  A-2  amount 50
at 2027-01-11 10:00:00
restate  A-2  amount 20
process  posted ORDER_LOCKED

story The lock of March 2029 falls on an hour that does not exist
at 2029-02-14 00:00
create   A-1  tracker 401  ad 12000001  property 9900001  amount 100
process
status   A-1  new AUTOMATED  locking-date 2029-03-10 08:00  late-from 2029-03-11 10:00
at 2029-03-11 09:59:59
restate  A-1  amount 50
at 2029-03-11 10:00:00
restate  A-1  amount 20
process  posted ORDER_LOCKED

story FIXED_DURATION: so many Pacific days after the event, late from the next day at 02:00 Pacific
create   A-1  tracker 404  ad 12000001  property 9900001  item S 1 x 100  event 2026-02-10 03:15
process
status   A-1  new AUTOMATED  locking-date 2026-03-11 07:00  late-from 2026-03-12 09:00
at 2026-03-12 08:59:59
restate  A-1  item S 1 x 50
at 2026-03-12 09:00:00
restate  A-1  item S 1 x 20
process  posted ORDER_LOCKED
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, sixty days"
  + valid_from = 2026-09-01
  + [[terms.actions]]
  + tracker = 404
  + locking = { method = "FIXED_DURATION", days = 60 }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { percent = 5 } } ]
at 2026-09-15 18:00
create   A-2  tracker 404  ad 12000001  property 9900001  item S 1 x 100
process
status   A-2  new AUTOMATED  locking-date 2026-11-14 08:00  late-from 2026-11-15 10:00

story What comes in after its lock is posted as locked, by the time of receipt; IMMEDIATE always is
at 2026-03-05 09:00:12
create   A-1  tracker 401  ad 12000001  property 9900001  amount 100  event 2025-10-03 16:00
create   A-2  tracker 404  ad 12000001  property 9900001  item S 1 x 100  event 2025-10-03 16:00
create   A-3  tracker 403  ad 12000001  property 9900001  event 2026-03-05 09:00
process
ledger   A-1  original  100  8
status   A-1  locked AUTOMATED  locking-date 2026-03-05 09:00:12  late-from 2026-03-05 09:00:12
status   A-2  locked AUTOMATED  locking-date 2026-03-05 09:00:12  late-from 2026-03-05 09:00:12
status   A-3  locked AUTOMATED  locking-date 2026-03-05 09:00:12  late-from 2026-03-05 09:00:12
cancel   A-1
restate  A-2  item S 1 x 1
cancel   A-3
process  ORDER_LOCKED ORDER_LOCKED ORDER_LOCKED

story A restatement moves no lock, and a cancelled order keeps its date
create   A-1  tracker 401  click click-a  amount 100
process
at 2026-04-02
restate  A-1  amount 50
process
status   A-1  new AUTOMATED  locking-date 2026-04-10 07:00  late-from 2026-04-11 09:00
cancel   A-1
process
status   A-1  new AUTOMATED  locking-date 2026-04-10 07:00  late-from 2026-04-11 09:00
at 2026-04-11 09:00
status   A-1  locked AUTOMATED
cancel   A-1                                   # cancelled weighs more than locked
process  ORDER_CANCELLED
