"""Orders that come through the Tracking API.

Owns the step from values that fit the schema to typed orders. Leaves schema and sentences to api/. Read
documents.py.
"""
