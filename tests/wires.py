"""A wire to a database server that can be cut at a COMMIT.

::

    with cuttable(url) as wire:
        wire.url                      the database, by way of the wire
        wire.cut_before_commit()      the next COMMIT never reaches the server
        wire.cut_after_commit()       the server does the next one, and its answer is lost
        wire.interrupt_commit()       Ctrl-C comes while the server does the next one
        wire.cut_for_good()           the next COMMIT is lost, and nothing comes through any more
"""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

_CHUNK = 1 << 16


@dataclass(slots=True)
class Wire:
    """A wire; `cut` says where it breaks next."""

    url: sa.URL
    cut: Literal["before", "after", "for good", "interrupted"] | None = None

    def cut_before_commit(self) -> None:
        self.cut = "before"

    def cut_after_commit(self) -> None:
        self.cut = "after"

    def interrupt_commit(self) -> None:
        self.cut = "interrupted"

    def cut_for_good(self) -> None:
        self.cut = "for good"


@contextmanager
def cuttable(url: str) -> Iterator[Wire]:
    """A wire that is whole until it is told to break; a new connection gets a new one."""
    to = sa.make_url(url)
    port = to.port or (5432 if to.get_backend_name() == "postgresql" else 3306)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        wire = Wire(to.set(host="127.0.0.1", port=listening.getsockname()[1]))
        pool.submit(_accept, listening, (to.host or "127.0.0.1", port), wire, pool)
        try:
            yield wire
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def _accept(
    listening: socket.socket, server: tuple[str, int], wire: Wire, pool: ThreadPoolExecutor
) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            if wire.cut == "for good":
                client.close()
                continue
            pool.submit(_pass_on, client, socket.create_connection(server), wire)


def _pass_on(client: socket.socket, server: socket.socket, wire: Wire) -> None:
    with client, server, suppress(OSError):
        while True:
            for ready in select.select([client, server], [], [])[0]:
                data = ready.recv(_CHUNK)
                if ready is client and wire.cut and b"COMMIT" in data:
                    if wire.cut != "interrupted":
                        _cut(client, server, data, wire)
                        return
                    wire.cut = None
                    os.kill(os.getpid(), signal.SIGINT)
                if not data:
                    return
                (server if ready is client else client).sendall(data)


def _cut(client: socket.socket, server: socket.socket, data: bytes, wire: Wire) -> None:
    if wire.cut == "after":
        server.sendall(data)
        server.recv(_CHUNK)  # the answer: it is done
    if wire.cut != "for good":
        wire.cut = None
