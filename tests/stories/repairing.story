# What stops by a fault of ours: held until an operator repairs and releases it (spec/processing.md, 16.3).

story PROCESSING_ERROR: one order stops, others pass; after the repair all is decided as of its receipt
create   A-1  tracker 401  click click-a  amount 100
create   A-2  tracker 401  click click-a  amount 10
damage   A-1                                     # its bytes in the log cannot be read
process  held PROCESSING_ERROR posted
told     A-1  PROCESSING_ERROR
  says   An internal error stopped this submission.
  fix    Repair, then release.
cancel   A-1
process  held WAITING_BEHIND
told     A-1  2  WAITING_BEHIND
  says   An earlier submission of this order is held.
  fix    Release that one; this one follows by itself.
at 2026-05-01                                    # March has locked; both were received in time
repair   A-1
release  A-1
process
submission A-1  1 posted
submission A-1  2 posted
ledger   A-1  original    100  8
ledger   A-1  reversal   -100 -8
ledger   A-1  correction    0  0

story What is released without a repair is held again
create   A-1  tracker 401  click click-a  amount 100
damage   A-1
process  held PROCESSING_ERROR
release  A-1
process
held     A-1  PROCESSING_ERROR
repair   A-1
release  A-1
process
standing A-1  standing  sale 100
