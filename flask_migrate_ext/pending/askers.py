"""Who asks, and whether that is somebody who sits at this machine.

========================  =========================================================================
what is looked at         against
========================  =========================================================================
the connection's address  anybody but this machine
forwarded addresses       a proxy on this machine that lets others in: what is forwarded is never
                          believed, and can only take trust away
Host                      a foreign name that was made to mean this machine (DNS rebinding)
Origin, Sec-Fetch-Site    a foreign page that has the browser press the button (Fetch Metadata,
                          https://www.w3.org/TR/fetch-metadata/)
the token                 the same, from browsers that send neither
========================  =========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LOCALHOST = ".localhost"
"""The name that means this machine wherever it is looked up, and all below it (RFC 6761, 6.3)."""

Wanted = Literal["text/html", "application/json", "application/x-ndjson"]

PAGE: Wanted = "text/html"
DOCUMENT: Wanted = "application/json"
EVENTS: Wanted = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever sent a request.

    :param addresses: of the connection, and all that proxies say it was before.
    :param hosts: what the request calls this machine, with its port; before and after a proxy.
    :param own_origin: where the app's own pages are.
    :param origin: where the page is that has sent it; None where the browser did not say.
    :param site: what the browser says of that page; None where it did not say.
    :param wants: what is asked for, None for anything else.
    """

    addresses: tuple[str, ...]
    hosts: tuple[str, ...]
    own_origin: str
    origin: str | None
    site: str | None
    wants: Wanted | None

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> Asker:
        """Whoever sent this request."""
        request = Request(environ, populate_request=False)
        host = environ.get("HTTP_HOST", "")
        return cls(
            addresses=_addresses(environ),
            hosts=_hosts(environ),
            own_origin=f"{request.scheme}://{host}",
            origin=request.headers.get("Origin"),
            site=request.headers.get("Sec-Fetch-Site"),
            wants=_wanted(request),
        )

    def is_here(self, further_hosts: Sequence[str] = ()) -> bool:
        """Whether it is somebody at this machine, who calls it by a name of its own.

        :param further_hosts: other names that the app's developer gave it.
        """
        ours = [LOCALHOST, *further_hosts]
        names = [_name(host) for host in self.hosts]
        is_called_ours = all(_is_loopback(name) or host_is_trusted(name, ours) for name in names)
        return is_called_ours and all(map(_is_loopback, self.addresses))

    def why_not(self, given: str, token: str) -> str | None:
        """Why this one may not press the button; None if it may.

        :param given: the token that came with the request.
        :param token: the one that the page has.
        """
        if self.origin is not None and self.origin != self.own_origin:
            return f"The request came from a page of {self.origin}, and this is {self.own_origin}."
        if self.site not in (None, "same-origin"):
            return "The browser says that the request came from a page of another site."
        if not compare_digest(given.encode(), token.encode()):
            return "The token is not that of this process: the app was started again meanwhile."
        return None


def _addresses(environ: WSGIEnvironment) -> tuple[str, ...]:
    original = environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    named = (*forwarded, environ.get("HTTP_X_REAL_IP", ""), *_elements(environ))
    told = (each.strip() for each in (original or "", *named))
    return environ.get("REMOTE_ADDR") or "", *filter(None, told)


def _hosts(environ: WSGIEnvironment) -> tuple[str, ...]:
    """Any page can say what a proxy would say, once its name was made to mean this machine."""
    original = environ.get("werkzeug.proxy_fix.orig", {}).get("HTTP_HOST")
    forwarded = environ.get("HTTP_X_FORWARDED_HOST", "").split(",")
    told = (each.strip() for each in (original or "", *forwarded))
    return environ.get("HTTP_HOST", ""), *filter(None, told)


def _elements(environ: WSGIEnvironment) -> list[str]:
    """The addresses in a Forwarded header (RFC 7239, 4)."""
    pairs = environ.get("HTTP_FORWARDED", "").replace(",", ";").split(";")
    named = (pair.partition("=") for pair in pairs)
    return [value.strip().strip('"') for name, _, value in named if name.strip().lower() == "for"]


def _name(host: str) -> str:
    """A Host header without its port, in lower case; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _wanted(request: Request) -> Wanted | None:
    """What is named in Accept; what anything would do for, is for the app."""
    if request.headers.get("Sec-Fetch-Dest", "empty") not in ("empty", "document", "iframe"):
        return None
    named = {kind.partition(";")[0].lower(): rank for kind, rank in request.accept_mimetypes}
    best = max((PAGE, DOCUMENT, EVENTS), key=lambda kind: named.get(kind, 0))
    return best if named.get(best) else None
