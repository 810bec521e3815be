"""``op`` and ``context``, as a migration file and an env.py import them: for whatever is running.

Each is a file of its own: an env.py that looks where a database stands needs no operation.
"""
