# Reservations: pended, accepted, declined (spec/processing.md, section 14, row by row).

story A create is pending, with a provisional date, and never locks by itself
at 2026-04-02 14:10
create   A-1  tracker 405  click click-a  amount 100  event 2026-04-02 14:05:09  startDateTime=2026-05-01  endDateTime=2026-05-08
create   A-2  tracker 405  click click-a  amount 100  startDateTime=2026-05-01
process
submission A-1  posted
submission A-2  posted with STAY_DATES_MISSING
told     A-2  STAY_DATES_MISSING
  says   An open-ended order should have `startDateTime` and `endDateTime`.
  fix    Send both as vertical parameters.
ledger   A-1  original  100  7
status   A-1  new PENDING  locking-date 2027-11-23 14:05:09  late-from never
at 2027-11-24
status   A-1  new PENDING  locking-date 2027-11-23 14:05:09
restate  A-1  amount 90  status Pending        # overdue, and still to be validated
process
ledger   A-1  reversal   -100 -7
ledger   A-1  correction   90  6.3

story Pending restated as pending: two records, the date unchanged
create   A-1  tracker 405  click click-a  amount 100  event 2026-03-01 09:30
at 2026-03-05 15:00
restate  A-1  amount 80  status Pending
process
status   A-1  new PENDING  locking-date 2027-10-22 09:30  late-from never
ledger   A-1  original    100  7
ledger   A-1  reversal   -100 -7
ledger   A-1  correction   80  5.6

story Pending accepted: locks with the first standard lock after the receipt; accepted again it stays so
create   A-1  tracker 405  click click-a  amount 100  event 2026-03-01 09:30
at 2026-03-05 15:00
restate  A-1  amount 80  status Accepted
process
status   A-1  new ACCEPTED  locking-date 2026-03-10 07:00  late-from 2026-03-11 09:00
at 2026-03-06
restate  A-1  amount 70  status Accepted
restate  A-1  amount 60  status Pending
restate  A-1  amount 60
cancel   A-1
process  posted STATUS_BACKWARDS STATUS_REQUIRED STATUS_REQUIRED
told     A-1  4  STATUS_BACKWARDS
  says   The order is accepted and cannot become pending again.
  fix    Restate with `Accepted`, or cancel.
told     A-1  STATUS_REQUIRED
  says   Open-ended orders need a status.
  fix    Send `Pending` or `Accepted`; `Declined` to cancel.
status   A-1  new ACCEPTED  locking-date 2026-03-10 07:00  late-from 2026-03-11 09:00
ledger   A-1  original    100  7
ledger   A-1  reversal   -100 -7
ledger   A-1  correction   80  5.6
ledger   A-1  reversal    -80 -5.6
ledger   A-1  correction   70  4.9
at 2026-03-11 08:59:59
status   A-1  new ACCEPTED
at 2026-03-11 09:00:00
status   A-1  locked ACCEPTED  locking-date 2026-03-10 07:00
restate  A-1  amount 60  status Accepted
cancel   A-1  status Declined
process  ORDER_LOCKED ORDER_LOCKED

story Accepted in the last second before the lock, and at the lock
create   A-1  tracker 405  click click-a  amount 100
and      A-2  tracker 405  click click-a  amount 100
at 2026-03-11 08:59:59
restate  A-1  amount 100  status Accepted
at 2026-03-11 09:00:00
restate  A-2  amount 100  status Accepted
process
status   A-1  locked ACCEPTED  locking-date 2026-03-10 07:00  late-from 2026-03-11 09:00
status   A-2  new ACCEPTED  locking-date 2026-04-10 07:00  late-from 2026-04-11 09:00

story Pending declined, accepted declined: locked at once, by the time of receipt
create   A-1  tracker 405  click click-a  amount 100
and      A-2  tracker 405  click click-a  amount 50
restate  A-2  amount 40  status Accepted
at 2026-03-05 15:00
cancel   A-1  status Declined  reason BookingCanceled
cancel   A-2  status Declined
at 2026-03-05 16:00                            # decided later, dated by the receipt
process
status   A-1  locked DECLINED  locking-date 2026-03-05 15:00  late-from 2026-03-05 15:00
status   A-2  locked DECLINED  locking-date 2026-03-05 15:00
ledger   A-1  original    100  7
ledger   A-1  reversal   -100 -7  reason BookingCanceled
ledger   A-1  correction    0  0  reason BookingCanceled
restate  A-1  amount 100  status Accepted
cancel   A-1  status Declined
restate  A-2  amount 100
process  ORDER_CANCELLED ORDER_CANCELLED ORDER_CANCELLED
create   A-1  click click-a  amount 70  event 2026-03-05 15:30
process
standing A-1  standing  generation 2
status   A-1  new PENDING  locking-date 2027-10-26 15:30
ledger   A-1  original     70  4.9  generation 2

story Every change of a pended order needs a status
create   A-1  tracker 405  click click-a  amount 100
restate  A-1  amount 90
cancel   A-1
process  posted STATUS_REQUIRED STATUS_REQUIRED
ledger   A-1  original  100  7
status   A-1  new PENDING

story By a setting an accepted order locks at once
setting  COUNTERFOIL_ACCEPTED_LOCK immediate
create   A-1  tracker 405  click click-a  amount 100
at 2026-03-05 15:00
restate  A-1  amount 100  status Accepted
process
status   A-1  locked ACCEPTED  locking-date 2026-03-05 15:00  late-from 2026-03-05 15:00

story Another method of locking ignores the status of a restatement
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  amount 90  status Accepted
process
submission A-1  posted with STATUS_IGNORED
told     A-1  STATUS_IGNORED
  says   The action is not open-ended; `status` has no effect.
  fix    Leave `status` out.
status   A-1  new AUTOMATED  locking-date 2026-04-10 07:00
