# How many orders a click may earn (D65): counted per ledger, click and action; a cancellation frees a place.

story The third order of a click that may earn two is recorded, and earns once a place is free
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, two orders a click"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + referral_occurrences = 2
  + rules = [ { rank = 1, rate = { percent = 8 } } ]
  + [[terms.actions]]
  + tracker = 405
  + locking = { method = "OPEN_ENDED" }
  + referral_days = 120
  + referral_occurrences = 1
  + rules = [ { rank = 1, rate = { percent = 7 } } ]
create   A-1  tracker 401  click click-a  amount 10  event 2026-03-01 09:30
process
create   A-2  tracker 401  click click-a  amount 10  event 2026-03-01 09:30
process
create   A-3  tracker 401  click click-a  amount 10  event 2026-03-01 09:30
process  REFERRAL_LIMIT_REACHED
told     A-3  REFERRAL_LIMIT_REACHED
  says   The click has earned its last permitted order.
  fix    None, unless the terms are wrong.
standing A-1  standing  ordinal 1
standing A-2  standing  ordinal 2
standing A-3  recorded  publisher 7700001  ordinal none
create   A-3  click click-a  amount 10  event 2026-03-01 09:30
process  DUPLICATE_ORDER

# Another action, another click and the pair of ids have places of their own.
create   B-1  tracker 405  click click-a  amount 10
create   B-2  tracker 405  click click-b  amount 10
create   B-3  tracker 401  ad 12000001  property 9900001  amount 10
process
create   B-4  tracker 405  click click-a  amount 10
process  REFERRAL_LIMIT_REACHED

# A cancellation frees the ordinal in the middle; the same key again needs a later event time.
cancel   A-1
process
create   A-3  click click-a  amount 10  event 2026-03-01 09:31
process
standing A-3  standing  generation 2  ordinal 1
create   A-4  tracker 401  click click-a  amount 10
process  REFERRAL_LIMIT_REACHED

# A declined reservation frees its place as well, a restatement frees nothing.
restate  B-1  amount 20  status Accepted
process
create   B-5  tracker 405  click click-a  amount 10
process  REFERRAL_LIMIT_REACHED
cancel   B-1  status Declined
process
create   B-6  tracker 405  click click-a  amount 10
process

# The test ledger counts for itself.
create   T-1  test  tracker 401  click click-a  amount 10
create   T-2  test  tracker 401  click click-a  amount 10
process
create   T-3  test  tracker 401  click click-a  amount 10
process  REFERRAL_LIMIT_REACHED

story In one batch the last place goes to one order only
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, one order a click"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + referral_occurrences = 1
  + rules = [ { rank = 1, rate = { percent = 8 } } ]
create   A-1  tracker 401  click click-a  amount 10
and      A-2  tracker 401  click click-a  amount 10
and      A-1  amount 10  click click-a
and      A-3  tracker 401  click click-b  amount 10
process  posted REFERRAL_LIMIT_REACHED DUPLICATE_ORDER posted

story An order without limit in its terms holds no place
create   A-1  tracker 401  click click-a  amount 10
and      A-2  tracker 401  click click-a  amount 10
and      A-3  tracker 401  click click-a  amount 10
process
standing A-3  standing  ordinal none
