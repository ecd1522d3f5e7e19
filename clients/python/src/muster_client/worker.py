"""A worker over HTTP: claims jobs, does them in threads or coroutines, and says how they ended."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from .connection import Connection, Server, Token
from .errors import ConflictError, JobFailedError, MusterError
from .jobs import Job, Suspended

Handler = TypeVar("Handler", bound=Callable[[Job], Any])

log = logging.getLogger("muster_client")

#: The longest that a claim waits, in seconds.
_WAIT_SECONDS = 25
#: How long a call may take beside what it waits for, in seconds.
_CALL_SECONDS = 30
#: How long is waited after a call that failed, in seconds.
_AFTER_ERROR_SECONDS = 1.0
#: How long a handler may go on that has put a question; then its job falls asleep without it.
_ASKED_GRACE_SECONDS = 5.0
#: Most jobs of one call.
_MOST = 500
#: Most bytes of outcomes in one call, unless it is a single one: the server takes 16 MiB.
_MOST_BYTES = 8 * 2**20
#: Longest message of an error that is sent, in characters; what is kept of it is no longer.
_LONGEST_MESSAGE = 2_000


class _Held:
    """A job in hand, from its claim to the answer to its outcome."""

    __slots__ = ("job", "worker_id", "task", "outcome", "has_usage", "lock")

    def __init__(self, job: Job, worker_id: str) -> None:
        self.job = job
        self.worker_id = worker_id
        self.task: asyncio.Task[None] | None = None
        #: As JSON, once its handler has ended.
        self.outcome: bytes | None = None
        self.has_usage = False
        self.lock = threading.Lock()


class Worker:
    """A worker over HTTP.

    ``token``: a token of a worker, or where to get one whenever a call is made. ``concurrency``: jobs held at once.
    ``threads``: handlers that are no coroutines and run at once; default: ``concurrency``. ``batch``: most jobs of one claim,
    and outcomes of one settle, 1 to 500. ``drain_seconds``: how long running handlers are waited for at the end before they
    are told to stop and their jobs go back.
    """

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        name: str = "worker",
        concurrency: int = 10,
        threads: int | None = None,
        batch: int = _MOST,
        drain_seconds: float = 25.0,
        prefix: str = "/api/v1",
    ) -> None:
        if concurrency < 1:
            raise ValueError(f"concurrency must be at least 1, not {concurrency}")
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        if not 1 <= batch <= _MOST:
            raise ValueError(f"batch must be 1 to {_MOST}, not {batch}")
        self._server = Server(url, token, prefix)
        self._name = name
        self._concurrency = concurrency
        self._most_threads = threads or concurrency
        self._batch = batch
        self._drain_seconds = drain_seconds
        self._handlers: dict[str, Callable[[Job], Any]] = {}
        self._worker_id = ""
        self._heartbeat_seconds = 2.0
        self._reports = 0
        self._held: dict[str, _Held] = {}
        #: Guards what is held, and tells of its changes.
        self._changed = threading.Condition()
        self._todo: queue.SimpleQueue[_Held | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[_Held | None] = queue.SimpleQueue()
        self._threads = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._over = threading.Event()
        #: By ``time.monotonic()``: then nothing is waited for any longer.
        self._drained_at: float | None = None
        self._claims = Connection(self._server, _WAIT_SECONDS + _CALL_SECONDS)
        #: For the calls at the end.
        self._last = Connection(self._server, _CALL_SECONDS)

    def job(self, type: str) -> Callable[[Handler], Handler]:
        """Registers the function, or coroutine, as the handler of jobs of that type.

        It gives the result, which must be JSON. An exception fails the attempt: ``JobFailedError`` says how.
        """

        def register(handler: Handler) -> Handler:
            if type in self._handlers:
                raise ValueError(f"{type} has a handler already")
            self._handlers[type] = handler
            return handler

        return register

    def stop(self) -> None:
        """Ends the work, from any thread: nothing more is claimed, and what runs may end. Again: what runs is told to stop."""
        if self._stopping.is_set():
            self._drained_at = time.monotonic()
            with self._changed:
                self._changed.notify_all()
        self._stopping.set()
        self._claims.interrupt()
        log.info("The worker ends: it claims nothing more")

    def run(self) -> None:
        """Does jobs until :meth:`stop`, SIGTERM or SIGINT; returns once all that ran has ended or gone back. Once.

        Raises ``MusterError`` for a worker that the server does not open.
        """
        if not self._handlers:
            raise ValueError("The worker has no handler: register one with @worker.job(type)")
        self._open(self._claims)
        with self._signals():
            claiming = _started("claim", self._claim_all)
            settling = _started("settle", self._settle_all)
            beating = _started("heartbeat", self._beat)
            try:
                self._stopping.wait()
                claiming.join()
                self._drain()
            finally:
                self._ended.put(None)
                settling.join()
                self._over.set()
                beating.join()
                self._try("Ending the worker", lambda: self._call(self._last, "DELETE", f"/workers/{self._worker_id}"))
                for _ in range(self._threads):
                    self._todo.put(None)
                if self._loop is not None:
                    self._loop.call_soon_threadsafe(self._loop.stop)
        self._claims.close()
        self._last.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the work meanwhile, if this is the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def on_signal(number: int, frame: Any) -> None:
            # Not here: the thread that is interrupted may hold a lock that stop() needs.
            threading.Thread(target=self.stop, daemon=True).start()

        before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _call(self, connection: Connection, method: str, path: str, body: Any = None) -> Any:
        text = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        return connection.call(method, path, text)

    def _open(self, connection: Connection) -> None:
        wish = {"name": self._name, "types": list(self._handlers), "concurrency": self._concurrency}
        opened = self._call(connection, "POST", "/workers", wish)
        with self._changed:
            self._worker_id = opened["workerId"]
            self._heartbeat_seconds = opened["heartbeatSeconds"]
            self._reports = 0

    # Claiming

    def _claim_all(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                room = min(self._batch, self._concurrency - len(self._held))
                if room < 1:
                    self._changed.wait(1.0)
                    continue
                worker_id = self._worker_id
            wish = {"max": room, "waitSeconds": _WAIT_SECONDS}
            try:
                jobs = self._call(self._claims, "POST", f"/workers/{worker_id}/claim", wish)["jobs"]
                self._begin([_Held(Job.of(job, self._asked), worker_id) for job in jobs])
            except ConflictError:
                self._try("Opening another worker", self._reopen)
            except Exception as error:
                if not self._stopping.is_set():
                    self._pause("Claiming jobs", error, self._stopping)

    def _reopen(self) -> None:
        """The server has declared this worker dead: its jobs are others', and it begins anew."""
        with self._changed:
            lost, self._held = list(self._held.values()), {}
        if lost:
            log.warning("The worker was declared dead: %d jobs are lost", len(lost))
        for held in lost:
            self._tell_to_stop(held, "lost")
        self._open(self._claims)

    def _begin(self, begun: list[_Held]) -> None:
        with self._changed:
            for held in begun:
                self._held[held.job.id] = held
        coroutines = []
        for held in begun:
            if inspect.iscoroutinefunction(self._handlers[held.job.type]):
                coroutines.append(held)
                continue
            if self._threads < min(self._most_threads, len(self._held)):
                self._threads += 1
                _started("handler", self._work)
            self._todo.put(held)
        if coroutines:
            self._event_loop.call_soon_threadsafe(self._spawn, coroutines)

    @property
    def _event_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            _started("coroutines", self._loop.run_forever)
        return self._loop

    # Doing

    def _work(self) -> None:
        while (held := self._todo.get()) is not None:
            if held.job.stopped is not None:
                self._end(held, _failure("stopped", "The job was told to stop before it began"))
                continue
            try:
                end = {"result": self._handlers[held.job.type](held.job)}
            except BaseException as error:
                end = _end_of(held.job, error)
            self._end(held, end)

    def _spawn(self, begun: list[_Held]) -> None:
        for held in begun:
            held.task = self._event_loop.create_task(self._run(held))
            if held.job.stopped is not None:
                held.task.cancel()

    async def _run(self, held: _Held) -> None:
        try:
            end = {"result": await self._handlers[held.job.type](held.job)}
        except BaseException as error:
            end = _end_of(held.job, error)
        self._end(held, end)

    def _asked(self, job: Job) -> None:
        """The handler has put a question: from now on its job falls asleep, at the latest when the time for that is up."""
        held = self._held.get(job.id)
        if held is not None and held.job is job:
            timer = threading.Timer(_ASKED_GRACE_SECONDS, self._end, (held, {}))
            timer.daemon = True
            timer.start()

    def _end(self, held: _Held, end: dict[str, Any]) -> None:
        """The handler has ended, or is left behind; the first time counts."""
        with held.lock:
            if held.outcome is not None:
                return
            held.outcome, held.has_usage = _outcome_of(held.job, end)
        self._ended.put(held)

    def _tell_to_stop(self, held: _Held, why: str) -> None:
        if held.job._stopped_by is None:
            held.job._stopped_by = why
        held.job._stop.set()
        if held.task is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(held.task.cancel)

    # Settling

    def _settle_all(self) -> None:
        connection = Connection(self._server, _CALL_SECONDS)
        left: _Held | None = None
        is_last = False
        while not is_last or left is not None:
            batch = [left] if left is not None else []
            left = None
            size = sum(len(held.outcome or b"") for held in batch)
            try:
                while not is_last and len(batch) < self._batch:
                    held = self._ended.get_nowait() if batch else self._ended.get()
                    if held is None:
                        is_last = True
                        break
                    size += len(held.outcome or b"")
                    if batch and size > _MOST_BYTES:
                        left = held
                        break
                    batch.append(held)
            except queue.Empty:
                pass
            current = [held for held in batch if held.worker_id == self._worker_id]
            for held in batch:
                if held.worker_id != self._worker_id:
                    log.warning("The outcome of job %s is lost: the worker was declared dead", held.job.id)
            if current:
                self._settle(connection, current[0].worker_id, current)
            with self._changed:
                for held in batch:
                    if self._held.get(held.job.id) is held:
                        del self._held[held.job.id]
                self._changed.notify_all()
        connection.close()

    def _settle(self, connection: Connection, worker_id: str, batch: list[_Held]) -> None:
        """Sends outcomes until they are answered; what was not answered is sent again, as it was."""
        report = b""
        if any(held.has_usage for held in batch):
            self._reports += 1
            report = b'"report":%d,' % self._reports
        body = b"{" + report + b'"outcomes":[' + b",".join(held.outcome or b"" for held in batch) + b"]}"
        while True:
            try:
                outcomes = connection.call("POST", f"/workers/{worker_id}/settle", body)["outcomes"]
            except Exception as error:
                status = error.status if isinstance(error, MusterError) else None
                is_refusal = status is not None and status < 500 and status != 429
                if is_refusal and len(batch) > 1:
                    # One of them may be what the server does not take: the others are not to go with it.
                    half = len(batch) // 2
                    self._settle(connection, worker_id, batch[:half])
                    self._settle(connection, worker_id, batch[half:])
                    return
                if is_refusal:
                    log.error("The outcome of job %s is not taken: %s", batch[0].job.id, error)
                    return
                self._pause("Settling jobs", error, self._over)
                if self._drained_at is not None and time.monotonic() > self._drained_at:
                    log.error("The worker ends with %d outcomes that nobody took", len(batch))
                    return
                continue
            for outcome in outcomes:
                if outcome["status"] in ("lost", "refused"):
                    faults = "; ".join(f"{fault['path']} {fault['message']}" for fault in outcome.get("errors", ()))
                    log.warning("The outcome of job %s is %s %s", outcome["jobId"], outcome["status"], faults)
            return

    # Living and ending

    def _beat(self) -> None:
        connection = Connection(self._server, _CALL_SECONDS)
        while not self._over.wait(self._heartbeat_seconds):
            with self._changed:
                worker_id, all_held = self._worker_id, dict(self._held)
            jobs = [_word_on(held.job) for held in all_held.values()]
            try:
                told = self._call(connection, "POST", f"/workers/{worker_id}/heartbeat", {"jobs": jobs})
            except Exception as error:
                log.warning("Heartbeats fail: %s", error)
                continue
            for why, ids in (("cancelled", told["cancel"]), ("lost", told["lost"])):
                for job_id in ids:
                    if job_id in all_held:
                        self._tell_to_stop(all_held[job_id], why)
        connection.close()

    def _drain(self) -> None:
        """Waits for what runs, then tells it to stop and hands it back."""
        with self._changed:
            if self._drained_at is None:
                self._drained_at = time.monotonic() + self._drain_seconds
            while self._held and time.monotonic() < self._drained_at:
                self._changed.wait(self._drained_at - time.monotonic())
            left = [held for held in self._held.values() if held.outcome is None]
        for held in left:
            self._tell_to_stop(held, "ending")
        if left:
            job_ids = [held.job.id for held in left]
            path = f"/workers/{self._worker_id}/return"
            self._try("Handing jobs back", lambda: self._call(self._last, "POST", path, {"jobIds": job_ids}))

    def _try(self, doing: str, call: Callable[[], Any]) -> None:
        try:
            call()
        except Exception as error:
            self._pause(doing, error, self._stopping)

    def _pause(self, doing: str, error: Exception, end: threading.Event) -> None:
        """The server is away, or refuses: a moment later it may not."""
        log.warning("%s fails: %s", doing, error)
        asked = error.retry_after if isinstance(error, MusterError) else None
        end.wait(asked or _AFTER_ERROR_SECONDS)


def _started(name: str, run: Callable[[], Any]) -> threading.Thread:
    # Handlers that ignore that they are to stop do not keep the process.
    thread = threading.Thread(target=run, name=f"muster-{name}", daemon=True)
    thread.start()
    return thread


def _failure(code: str, message: str, **more: Any) -> dict[str, Any]:
    said = {name: value for name, value in more.items() if value is not None}
    return {"error": {"code": code, "message": message[:_LONGEST_MESSAGE], **said}}


def _end_of(job: Job, error: BaseException) -> dict[str, Any]:
    """The end of a handler that has raised."""
    if isinstance(error, Suspended):
        return {}
    if isinstance(error, JobFailedError):
        more = {"retryable": error.retryable, "retryAfterSeconds": error.retry_after, "key": error.key}
        return _failure(error.code, str(error), **more)
    if job.stopped is None:
        log.warning("The handler of job %s has failed", job.id, exc_info=error)
    return _failure("handler_failed", str(error) or type(error).__name__)


def _outcome_of(job: Job, end: dict[str, Any]) -> tuple[bytes, bool]:
    """The outcome as JSON, and whether it has usage."""
    if job._questions:
        end = {"ask": job._questions}
    if job._made and "result" not in end:
        end = {**end, "keep": job._made}
    fence = {"jobId": job.id, "attempt": job.attempt, "startedAt": job.started_at}
    usage = {"usage": job._usage} if job._usage else {}
    try:
        text = json.dumps({**fence, **end, **usage}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode(), bool(usage)
    except (TypeError, ValueError, RecursionError) as error:
        failed = _failure("invalid_result", f"What the handler gave is not JSON: {error}", retryable=False)
        return json.dumps({**fence, **failed, **usage}).encode(), bool(usage)


def _word_on(job: Job) -> dict[str, Any]:
    word: dict[str, Any] = {"jobId": job.id, "attempt": job.attempt}
    if job._step is not None:
        word["step"] = job._step
        if job._progress is not None:
            word["progress"] = job._progress
    return word
