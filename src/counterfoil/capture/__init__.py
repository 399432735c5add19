"""Each channel's form on its way to typed orders: the bytes of a request, its scalars, its shape.

Owns what a value may look like on the wire. Knows no schema, no token and no store. Read body.py first, then
scalars.py, shape.py and tracking/documents.py.
"""
