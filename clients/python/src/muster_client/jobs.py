"""A job as its handler sees it: what it is to do, and the tools beside."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Awaitable, Callable, Mapping, TypeVar

from .errors import AskCancelledError, AskChangedError, AskTimedOutError

Value = TypeVar("Value")

#: Longest name of a step, in characters.
LONGEST_NAME = 200


class Suspended(BaseException):
    """Ends an attempt whose job falls asleep. No ``Exception``: handlers that look for one do not take it for a failure."""


@dataclass(frozen=True)
class Question:
    """A question to people."""

    #: Shown to people: the payload of the task.
    payload: Any
    #: A form by its name, in its newest version, or by its id.
    form: str | None = None
    #: Default: the workflow of the project.
    workflow_id: str | None = None
    #: Each ``{"anyOf": [...], "minLevel": 1..5}``.
    required_skills: list[dict[str, Any]] | None = None
    #: −1000..1000, higher first; default 0.
    priority: int | None = None
    #: How long people are waited for, 1 to 31 536 000 (a year); default: without end.
    timeout_seconds: int | None = None
    #: Needed beside ``timeout_seconds``: ``{"answer": ...}``, ``"raise"`` or ``"fail"``.
    on_timeout: dict[str, Any] | str | None = None

    def to_json(self) -> dict[str, Any]:
        named = {
            "form": self.form,
            "workflowId": self.workflow_id,
            "requiredSkills": self.required_skills,
            "priority": self.priority,
            "timeoutSeconds": self.timeout_seconds,
            "onTimeout": self.on_timeout,
        }
        return {"payload": self.payload, **{name: value for name, value in named.items() if value is not None}}


@dataclass(frozen=True)
class Answer:
    """The answer to a question."""

    #: The outcome of the task; None: people did not settle on one.
    answer: Any
    #: The ids of the people whose submissions made it.
    by: list[str]
    task_id: str
    #: The time was up, and ``answer`` is the default one.
    timed_out: bool = False


@dataclass(eq=False)
class Job:
    """A job that this worker holds, and the tools of its handler."""

    id: str
    project_id: str
    run_id: str | None
    task_id: str | None
    type: str
    payload: Any
    model: str | None
    scenario_id: str | None
    #: Of its run's repeats, from 1; None for a job of no run.
    repeat: int | None
    attempt: int
    #: As the claim gave it, to be given back.
    started_at: str
    #: It must have ended by then.
    deadline: str
    _answers: Mapping[str, Mapping[str, Any]]
    _kept: Mapping[str, Any]
    _asked: Callable[["Job"], None]
    _stop: threading.Event = field(default_factory=threading.Event)
    _stopped_by: str | None = None
    _step: dict[str, Any] | None = None
    _progress: float | None = None
    _usage: list[dict[str, Any]] = field(default_factory=list)
    _questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, claimed: Mapping[str, Any], asked: Callable[["Job"], None]) -> "Job":
        """The job of a claim; ``asked`` is called with its first question that waits for an answer."""
        return cls(
            claimed["jobId"],
            claimed["projectId"],
            claimed["runId"],
            claimed["taskId"],
            claimed["type"],
            claimed["payload"],
            claimed["model"],
            claimed["scenarioId"],
            claimed["repeat"],
            claimed["attempt"],
            claimed["startedAt"],
            claimed["deadline"],
            claimed.get("answers") or {},
            claimed.get("kept") or {},
            asked,
        )

    @property
    def stopped(self) -> str | None:
        """Why the handler is to stop: ``cancelled`` (or past its deadline), ``lost`` (another worker has the job) or ``ending``; else None."""
        return self._stopped_by

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until the handler is to stop, or for so long; says whether it is to stop."""
        return self._stop.wait(seconds)

    def step(self, name: str, index: int, total: int, percent: float | None = None) -> None:
        """Reports progress: the step's name, its place 1..total, and optionally a percentage. The latest goes with the next heartbeat."""
        if not 1 <= len(name) <= LONGEST_NAME:
            raise ValueError(f"name must have 1 to {LONGEST_NAME} characters")
        if not 1 <= int(index) <= int(total):
            raise ValueError(f"index must be 1 to total ({total}), not {index}")
        if percent is not None and not 0 <= percent <= 100:
            raise ValueError(f"percent must be 0 to 100, not {percent}")
        self._step = {"name": name, "index": int(index), "total": int(total)}
        if percent is not None:
            self._progress = percent

    def usage(
        self,
        *,
        input: int,
        output: int,
        model: str | None = None,
        cached: int | None = None,
        cache_write: int | None = None,
        reasoning: int | None = None,
        cost_micros: int | None = None,
    ) -> None:
        """Reports what a call of a provider used, in tokens and millionths of the currency; it goes with the outcome."""
        given = {
            "model": model,
            "input": input,
            "output": output,
            "cached": cached,
            "cacheWrite": cache_write,
            "reasoning": reasoning,
            "costMicros": cost_micros,
        }
        call = {name: value for name, value in given.items() if value is not None}
        for name, value in call.items():
            if name != "model" and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
                raise ValueError(f"{name} must be a whole number from 0, not {value!r}")
        self._usage.append(call)

    def ask(
        self,
        name: str,
        *,
        payload: Any,
        form: str | None = None,
        workflow_id: str | None = None,
        required_skills: list[dict[str, Any]] | None = None,
        priority: int | None = None,
        timeout_seconds: int | None = None,
        on_timeout: dict[str, Any] | str | None = None,
    ) -> Answer:
        """Asks people. Without an answer the attempt ends here, and the job sleeps until they have given it: the handler then
        runs again from its beginning, and the question of that name gives the answer. It never blocks, so coroutines call it too.

        Raises ``AskTimedOutError``, ``AskCancelledError`` or ``AskChangedError``.
        """
        question = Question(payload, form, workflow_id, required_skills, priority, timeout_seconds, on_timeout)
        return self.ask_all({name: question})[name]

    def ask_all(self, questions: Mapping[str, Question]) -> dict[str, Answer]:
        """Asks several questions together, by name: the job wakes when all of them have an answer."""
        answers: dict[str, Answer] = {}
        for name, question in questions.items():
            wish = question.to_json()
            answered = self._answers.get(name)
            if answered is not None:
                answers[name] = _answer_of(name, answered, wish)
                continue
            if name in self._questions and canonical(self._questions[name]) != canonical(wish):
                raise _changed(name)
            is_first = not self._questions
            self._questions[name] = wish
            if is_first:
                self._asked(self)
        if len(answers) < len(questions):
            raise Suspended
        return answers

    def once(self, name: str, make: Callable[[], Value]) -> Value:
        """Makes a value once: it is kept with the job, unless that ends well, and given to its next attempts. JSON, at most
        64 KiB, and 256 KiB of a job."""
        if name not in self._kept and name not in self._made:
            self._made[name] = _as_json(make())
        return self._made[name] if name in self._made else self._kept[name]  # type: ignore[no-any-return]

    async def aonce(self, name: str, make: Callable[[], Awaitable[Value]]) -> Value:
        """:meth:`once` for coroutines."""
        if name not in self._kept and name not in self._made:
            self._made[name] = _as_json(await make())
        return self._made[name] if name in self._made else self._kept[name]  # type: ignore[no-any-return]


def _answer_of(name: str, answered: Mapping[str, Any], wish: Mapping[str, Any]) -> Answer:
    if answered["digest"] != hashlib.sha256(canonical(wish).encode()).hexdigest():
        raise _changed(name)
    state = answered["state"]
    if state == "timedOut":
        raise AskTimedOutError(f"Nobody answered {name} in time", code="ask_timed_out", retryable=False)
    if state == "cancelled":
        raise AskCancelledError(f"The task of {name} was cancelled", code="ask_cancelled", retryable=False)
    return Answer(answered["answer"], list(answered["by"]), answered["taskId"], state == "defaulted")


def _changed(name: str) -> AskChangedError:
    message = f"{name} was asked with other content before, and that counts: another question needs another name"
    return AskChangedError(message, code="ask_changed", retryable=False)


def _as_json(value: Any) -> Any:
    """The value as it comes with the next claim."""
    return json.loads(json.dumps(value, allow_nan=False))


def canonical(value: Any) -> str:
    """JSON with its members in the order of their names and no space, as the server draws the digest of a question."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    raise TypeError(f"A question must be JSON, and {type(value).__name__} is none")


def _number(value: int | float) -> str:
    """A number as JavaScript writes it (ECMA-262, Number::toString)."""
    if value == 0:
        return "0"
    sign, numerals, power = Decimal(repr(float(value))).normalize().as_tuple()
    digits = "".join(map(str, numerals))
    # The place of the point in the digits.
    point = len(digits) + int(power)
    minus = "-" if sign else ""
    if len(digits) <= point <= 21:
        return minus + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{minus}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{minus}{digits[0]}{fraction}e{point - 1:+d}"
