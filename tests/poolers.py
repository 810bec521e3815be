"""A pooler that hands each transaction to the other one of two PostgreSQL sessions."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import sqlalchemy as sa

_IDLE = b"Z\x00\x00\x00\x05I"
"""What a server says when it has answered and no transaction is open (manual, 55.7)."""


@contextmanager
def pooling_transactions(url: str) -> Iterator[sa.URL]:
    """The database by way of such a pooler, for one client that needs no password."""
    to = sa.make_url(url)
    server = (to.host or "127.0.0.1", to.port or 5432)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        pool.submit(_serve, listening, server)
        yield to.set(host="127.0.0.1", port=listening.getsockname()[1]).update_query_dict(
            {"sslmode": "disable", "gssencmode": "disable"}
        )
        listening.shutdown(socket.SHUT_RDWR)


def _serve(listening: socket.socket, server: tuple[str, int]) -> None:
    with (
        suppress(OSError),
        socket.create_connection(server) as one,
        socket.create_connection(server) as other,
        listening.accept()[0] as client,
    ):
        startup = client.recv(65536)
        _greeting(other, startup)
        client.sendall(_greeting(one, startup))
        _pass_on(client, one, other)


def _greeting(server: socket.socket, startup: bytes) -> bytes:
    server.sendall(startup)
    said = b""
    while not said.endswith(_IDLE):
        said += server.recv(65536)
    return said


def _pass_on(client: socket.socket, one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([client, one], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return
            (one if ready is client else client).sendall(data)
            if ready is one and data.endswith(_IDLE):
                one, other = other, one
