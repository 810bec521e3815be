"""Measures this project beside Alembic, Flask-Migrate and the same work done by hand.

``python -m benchmarks`` prints one table; ``python -m benchmarks ROW ...`` the rows named.
From the checkout, with the ``dev`` extra; not part of the wheel.

::

    __main__   options -> rows -> exit code
    report     results -> lines, JSON, the block in docs/performance.md      plot: growth
    rows/      what is measured: for each experiment its sides, and the rows made of them
    table      a row, its bound, and the figure of one turn: values
    measure    sides, each in a fresh process, in turn -> samples
    sides/     what runs in those processes, by function      once: runs one of them
    made/      histories, schemas, projects, databases, and a line to one that is far away
"""
