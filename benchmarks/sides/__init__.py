"""What is measured: functions of this project, of the peer, and by hand.

Each prepares in its process what is not measured, and yields a :class:`~benchmarks.once.Timed`.
Only the modules of the side that is asked for are imported.
"""
