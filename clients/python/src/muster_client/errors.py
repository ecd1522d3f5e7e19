"""The errors of calls, and those that say how an attempt at a job failed."""

from __future__ import annotations

from typing import Any, Mapping


class MusterError(Exception):
    """A call was refused, or did not come through. Its class goes by the status of the answer, ``code`` says why."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int | None,
        request_id: str | None = None,
        issues: list[dict[str, str]] | None = None,
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        #: Of the problem, such as ``already_assigned``. ``no_problem``: the answer is none of Muster's; ``no_answer``: there is none.
        self.code = code
        self.status = status
        #: By which the server's log tells of the call.
        self.request_id = request_id
        #: Each fault of what was sent: its ``path`` and a ``message``.
        self.issues = issues or []
        #: Members of the problem that belong to its code.
        self.details = dict(details or {})
        #: Seconds that the server asks to wait.
        self.retry_after = retry_after


class ValidationError(MusterError):
    """400: what was sent breaks a rule. ``issues`` name each place; nothing was done."""


class UnauthorizedError(MusterError):
    """401: no token, or one that does not hold."""


class ForbiddenError(MusterError):
    """403: the caller may see the thing, but not do this to it."""


class NotFoundError(MusterError):
    """404: there is no such thing, or none that the caller may know of."""


class ConflictError(MusterError):
    """409: it is not possible in the state that things are in."""


class VersionConflictError(ConflictError):
    """412: somebody changed the thing first. ``details["version"]`` is its version now."""


class RateLimitedError(MusterError):
    """429, still after several tries."""


class UnavailableError(MusterError):
    """502, 503, 504, or no answer at all."""


_CLASSES: dict[int, type[MusterError]] = {
    400: ValidationError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: VersionConflictError,
    429: RateLimitedError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
_KNOWN = {"type", "title", "status", "detail", "code", "requestId", "errors"}


def error_of(status: int, body: Any, text: str, retry_after: float | None) -> MusterError:
    """The error of an answer that refuses, by its status and its problem (RFC 9457)."""
    kind = _CLASSES.get(status, MusterError)
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        return kind(f"{status}: {text[:200]}", code="no_problem", status=status, retry_after=retry_after)
    return kind(
        str(body.get("detail", body["code"])),
        code=body["code"],
        status=status,
        request_id=body.get("requestId"),
        issues=body.get("errors"),
        details={name: value for name, value in body.items() if name not in _KNOWN},
        retry_after=retry_after,
    )


class JobFailedError(Exception):
    """Raised by a handler to say how its attempt failed.

    ``code``: such as ``http_503`` or ``not_now``. ``retryable``: default as the code says. ``retry_after`` (seconds) and
    ``key``: how long the other side asks to be left alone, and the key of the job's that cools meanwhile.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "handler_failed",
        retryable: bool | None = None,
        retry_after: float | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.retry_after = retry_after
        self.key = key


class AskTimedOutError(JobFailedError):
    """Nobody answered in time, and the question has no default answer."""


class AskCancelledError(JobFailedError):
    """The task of the question was cancelled."""


class AskChangedError(JobFailedError):
    """The name was given to another question before, and that one counts."""
