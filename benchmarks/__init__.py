"""Measures this project beside Alembic and beside the floor, as ratios from one run.

``python -m benchmarks`` prints one table; ``python -m benchmarks ROW ...`` the rows named. Not part
of the wheel; needs the ``dev`` extra.
"""
