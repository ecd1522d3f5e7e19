"""Workers and calls of a Muster server, with the standard library alone."""

from .client import Listing, MusterClient, Page
from .errors import (
    AskCancelledError,
    AskChangedError,
    AskTimedOutError,
    ConflictError,
    ForbiddenError,
    JobFailedError,
    MusterError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
    ValidationError,
    VersionConflictError,
)
from .jobs import Answer, Job, Question
from .worker import Worker

__all__ = [
    "Answer",
    "AskCancelledError",
    "AskChangedError",
    "AskTimedOutError",
    "ConflictError",
    "ForbiddenError",
    "Job",
    "JobFailedError",
    "Listing",
    "MusterClient",
    "MusterError",
    "NotFoundError",
    "Page",
    "Question",
    "RateLimitedError",
    "UnauthorizedError",
    "UnavailableError",
    "ValidationError",
    "VersionConflictError",
    "Worker",
]
