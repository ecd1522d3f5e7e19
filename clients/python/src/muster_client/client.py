"""Calls of a server's API, each by its operation."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Generic, TypeVar, cast
from urllib.parse import quote, urlencode

from .connection import Connection, Server, Token, json_of
from .errors import MusterError, UnavailableError
from .operations import OPERATIONS, Calls

Item = TypeVar("Item")

#: How often a call is tried, and for how long it is waited between, in seconds.
_TRIES = 4
_FIRST_WAIT = 0.25
#: Bytes of a file that are read at once.
_PIECE = 64 * 1024
_MOST_WAIT = 30.0


class Page(Generic[Item]):
    """A page of a list."""

    def __init__(self, items: list[Item], next_cursor: str | None) -> None:
        self.items = items
        #: Where the next page begins; None on the last.
        self.next_cursor = next_cursor


class Listing(Generic[Item]):
    """A list: iterated over all of its items, page after page as they are come to."""

    def __init__(self, page_at: Callable[[str | None], Page[Item]]) -> None:
        self._page_at = page_at

    def page(self, cursor: str | None = None) -> Page[Item]:
        """The page at a cursor; without one, the first."""
        return self._page_at(cursor)

    def __iter__(self) -> Iterator[Item]:
        cursor = None
        while True:
            page = self._page_at(cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return


class MusterClient(Calls):
    """The API of a server. One client may be used by several threads.

    ``url``: what the API lies below. ``token``: the token, or where to get one whenever a call is made. ``timeout``: how long
    an answer is waited for, in seconds.
    """

    def __init__(self, url: str, token: Token, *, prefix: str = "/api/v1", timeout: float = 60.0) -> None:
        self._server = Server(url, token, prefix)
        self._timeout = timeout
        self._local = threading.local()

    def _call(
        self,
        operation: str,
        path: Mapping[str, str],
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
    ) -> Any:
        method, template, given, answered, is_keyed = OPERATIONS[operation]
        address = template.format_map({name: quote(str(value), safe="") for name, value in path.items()})
        headers: dict[str, str] = {}
        if is_keyed:
            headers["idempotency-key"] = idempotency_key or str(uuid.uuid4())
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"'
        sent = body
        if given == "body" and body is not None:
            sent = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            headers["content-type"] = "application/json"
        elif given == "file":
            sent = body.encode() if isinstance(body, str) else body
            headers["content-type"] = "application/octet-stream"

        def ask(connection: Connection, more: Mapping[str, Any]) -> http.client.HTTPResponse:
            return self._ask(connection, method, address + _query(more), sent, headers)

        given_query = query or {}
        if answered == "page":

            def page_at(cursor: str | None) -> Page[Any]:
                at = given_query if cursor is None else {**given_query, "cursor": cursor}
                page = self._whole(ask(self._connection, at))
                return Page(page["items"], page["nextCursor"])

            return Listing(page_at)
        if answered == "lines":
            return self._lines(lambda connection: ask(connection, given_query))
        if answered == "bytes":
            return self._bytes(lambda connection: ask(connection, given_query))
        answer = ask(self._connection, given_query)
        if answered == "text":
            return self._connection.read(answer).decode()
        return self._whole(answer)

    @property
    def _connection(self) -> Connection:
        """That of this thread."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self._server, self._timeout)
        return cast(Connection, connection)

    def _whole(self, answer: http.client.HTTPResponse) -> Any:
        return json_of(self._connection.read(answer), answer.status)

    def _ask(
        self,
        connection: Connection,
        method: str,
        address: str,
        body: bytes | IO[bytes] | None,
        headers: Mapping[str, str],
    ) -> http.client.HTTPResponse:
        """Tries again what may be: any call that is asked to wait, and, while the server is away, those that have no further
        effect when they are repeated, by their method (RFC 9110, 9.2.2) or by a key. A stream is sent once."""
        is_once = not isinstance(body, (bytes, type(None)))
        repeatable = not is_once and (method in ("GET", "PUT", "DELETE") or "idempotency-key" in headers)
        for tries in range(1, _TRIES + 1):
            try:
                return connection.send(method, address, body, headers, repeatable=repeatable)
            except MusterError as error:
                is_again = error.status == 429 and not is_once
                is_again = is_again or (repeatable and isinstance(error, UnavailableError))
                if tries == _TRIES or not is_again:
                    raise
                time.sleep(min(_MOST_WAIT, error.retry_after or _FIRST_WAIT * 2 ** (tries - 1)))
        raise AssertionError("the last try returns or raises")

    def _lines(self, ask: Callable[[Connection], http.client.HTTPResponse]) -> Iterator[Any]:
        """The values of newline-delimited JSON, as they come; asked for when the first is."""
        for line in self._read(ask, iter):
            if line.strip():
                yield json.loads(line)

    def _bytes(self, ask: Callable[[Connection], http.client.HTTPResponse]) -> Iterator[bytes]:
        """The bytes of a file, as they come; asked for when the first are."""
        return self._read(ask, _pieces)

    def _read(
        self,
        ask: Callable[[Connection], http.client.HTTPResponse],
        parts: Callable[[http.client.HTTPResponse], Iterator[bytes]],
    ) -> Iterator[bytes]:
        # Of its own: other calls may be made while it is read.
        connection = Connection(self._server, self._timeout)
        try:
            answer = ask(connection)
            try:
                yield from parts(answer)
            except (OSError, http.client.HTTPException, ValueError) as error:
                message = "The answer ended before its end"
                raise UnavailableError(message, code="no_answer", status=None) from error
        finally:
            connection.close()


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := answer.read(_PIECE):
        yield piece
    # Where it is cut off, a read gives nothing, as at the end.
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _query(given: Mapping[str, Any]) -> str:
    """Lists are one value, with commas, as the API's document has it."""
    pairs = [(name, _text(value)) for name, value in given.items() if value is not None]
    return f"?{urlencode(pairs)}" if pairs else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)
    return str(value)
