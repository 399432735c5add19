"""The programme's rules as pure functions: who is credited, what is earned, until when it can change.

Owns no state and asks no clock and no store: facts and times come in. Next: attribution.py, then amounts.py,
commission.py and locking.py; processing.py applies them in order.
"""
