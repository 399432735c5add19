"""Peers: other servers for the same requests, written as their makers advise and as fast as that allows.

Each takes the same bodies over the same schema, keeps every order durably in one transaction of the same
database, and gives the same answer. Next: graphql_core.py, strawberry_app.py, keeping.py.
"""
