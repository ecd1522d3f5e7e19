"""One connection to a server, by ``http.client``."""

from __future__ import annotations

import http.client
import json
import socket
from typing import IO, Any, Callable, Mapping, Union
from urllib.parse import urlsplit

from .errors import UnavailableError, error_of

Token = Union[str, Callable[[], str]]

#: A server may have closed a connection that was kept open, at the moment of the next call.
_GONE = (http.client.RemoteDisconnected, http.client.BadStatusLine, ConnectionError)


class Server:
    """Where a server is, and who calls."""

    def __init__(self, url: str, token: Token, prefix: str = "/api/v1") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url must be an http or https address, not {url!r}")
        self.is_secure = parts.scheme == "https"
        self.host = parts.hostname
        self.port = parts.port
        self.base = parts.path.rstrip("/") + prefix
        self._token = token

    @property
    def authorization(self) -> str:
        return f"Bearer {self._token() if callable(self._token) else self._token}"


class Connection:
    """A connection that is kept open from call to call. For one thread at a time, but for :meth:`interrupt`."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._http: http.client.HTTPConnection | None = None
        self._is_interrupted = False

    def call(self, method: str, path: str, body: bytes | None = None) -> Any:
        """The JSON of the answer. A call that finds its connection closed is sent again, once: it must be one that may be repeated."""
        headers = {"content-type": "application/json"} if body is not None else {}
        answer = self.send(method, path, body, headers, repeatable=True)
        return json_of(self.read(answer), answer.status)

    def read(self, answer: http.client.HTTPResponse) -> bytes:
        """All of an answer."""
        try:
            return answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _away(error) from error

    def send(
        self,
        method: str,
        path: str,
        body: bytes | IO[bytes] | None,
        headers: Mapping[str, str],
        *,
        repeatable: bool,
    ) -> http.client.HTTPResponse:
        """The answer, to be read. Raises a ``MusterError`` for one that refuses, or if there is none."""
        kept = self._http is not None
        sent = {"authorization": self._server.authorization, **headers}
        try:
            try:
                answer = self._send(method, path, body, sent)
            except _GONE:
                self.close()
                if not (kept and repeatable):
                    raise
                answer = self._send(method, path, body, sent)
            if answer.status < 400:
                return answer
            raw = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _away(error) from error
        text = raw.decode("utf-8", "replace")
        try:
            problem = json.loads(text)
        except ValueError:
            problem = None
        raise error_of(answer.status, problem, text, _seconds(answer.getheader("retry-after")))

    def _send(
        self, method: str, path: str, body: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        if self._http is None:
            kind = http.client.HTTPSConnection if self._server.is_secure else http.client.HTTPConnection
            self._http = kind(self._server.host, self._server.port, timeout=self._timeout)
            self._http.connect()
        if self._is_interrupted:
            raise OSError("the call was interrupted")
        self._http.request(method, self._server.base + path, body=body, headers=dict(headers))
        return self._http.getresponse()

    def interrupt(self) -> None:
        """Ends the call that another thread waits for, and lets no other begin."""
        self._is_interrupted = True
        connection = self._http
        if connection is None or connection.sock is None:
            return
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It has ended by itself.

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        connection, self._http = self._http, None
        if connection is not None:
            connection.close()


def json_of(raw: bytes, status: int) -> Any:
    """The JSON of an answer; None if it is empty."""
    try:
        return json.loads(raw) if raw else None
    except ValueError as error:
        raise error_of(status, None, raw.decode("utf-8", "replace"), None) from error


def _away(error: Exception) -> UnavailableError:
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return UnavailableError(f"The server is away ({reason})", code="no_answer", status=None)


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
