"""The edges that programs call: the Tracking API, the Commission Detail API, and what they share.

Owns reading requests against a schema, the engine's sentences and the printing of answers. Decides nothing
about orders. Read graphql.py first.
"""
