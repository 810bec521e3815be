"""A server that is far away: a proxy which holds back each answer, and counts them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import sqlalchemy as sa

_CHUNK = 1 << 16


@dataclass(slots=True)
class Line:
    """The way to the server; ``answers`` that came so far."""

    url: sa.URL
    seconds: float
    answers: int = 0


@contextmanager
def delayed(url: sa.URL, seconds: float) -> Iterator[Line]:
    """A line on which the first bytes of each answer come ``seconds`` later."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = (url.host or "127.0.0.1", url.port or 5432)
        line = Line(url.set(host="127.0.0.1", port=listening.getsockname()[1]), seconds)
        threading.Thread(target=_serve, args=(listening, server, line), daemon=True).start()
        yield line


def _serve(listening: socket.socket, server: tuple[str, int], line: Line) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            upstream = socket.create_connection(server)
            asked = threading.Event()
            for pass_on, ends in ((_ask, (client, upstream)), (_answer, (upstream, client))):
                threading.Thread(target=pass_on, args=(*ends, asked, line), daemon=True).start()


def _ask(client: socket.socket, server: socket.socket, asked: threading.Event, _: Line) -> None:
    with suppress(OSError):
        while data := client.recv(_CHUNK):
            asked.set()
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)


def _answer(
    server: socket.socket, client: socket.socket, asked: threading.Event, line: Line
) -> None:
    """Pass on what the server says; it is held back once for each question."""
    with suppress(OSError):
        while data := server.recv(_CHUNK):
            if asked.is_set():
                asked.clear()
                line.answers += 1
                time.sleep(line.seconds)
            client.sendall(data)
        client.shutdown(socket.SHUT_WR)
