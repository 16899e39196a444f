"""Redis as the broker: what kombu 5.7 and Celery 5.7 do wrong while Redis is gone, mended in this one place."""

import logging
from contextlib import suppress
from typing import Any

import structlog
from celery import beat
from kombu.exceptions import OperationalError
from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from worker import watched_consumer
from worker.telemetry.service_manager import AT_WORK, STOPPING, tell_service_manager

_LOG = structlog.get_logger("feedmill")
_CUT_OFF = "broker gone"
# The published types of kombu leave out most of what is used here.
_Channel: Any = redis.Channel
_Transport: Any = redis.Transport


class Channel(_Channel):  # type: ignore[misc]  # of no known type
    """A channel that can be closed while Redis is gone."""

    def close(self) -> None:
        """Close the channel, also where Redis cannot be reached.

        An error here makes ``kombu.transport.virtual.Transport.close_connection`` leave all other channels open, and
        its caller ``kombu.Connection.collect`` takes the server's address from them. When Celery closes them again, the
        channel that holds the message of a running task looks for that address in ``None``
        (``kombu.transport.redis.Channel._connparams``). The AttributeError is no connection error, so it ends the
        worker. celery/kombu#582 met it in another way.
        """
        with suppress(*self.connection_errors, ResponseError):
            super().close()


class Transport(_Transport):  # type: ignore[misc]  # of no known type
    """kombu's transport for Redis, with the channel above and a connection that first reads what it missed."""

    Channel = Channel

    def establish_connection(self) -> Any:
        """Connect; a Redis that refuses to write (it is full, or a replica for a while) counts as gone.

        It answers kombu's ping: a worker would learn of it at its first command, and connect again without a pause.
        """
        connection = super().establish_connection()
        try:
            self.channels[-1].client.set("writable", "", ex=1)
        except ResponseError as error:
            self.close_connection(connection)
            raise RedisConnectionError(str(error)) from error
        return connection

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Have the loop read from this connection, but from the worker's children first.

        While Redis is gone, Celery's loop stands still. Its first turn then looks at its clocks before it reads what
        the children sent: a task that ended meanwhile seems to have passed its time limit, and the idle child is
        interrupted and ends (``celery.concurrency.asynpool.AsynPool._on_soft_timeout``; the clocks outlive the
        connection since celery/celery#10888).
        """
        super().register_with_event_loop(connection, loop)
        loop.call_soon(_read_results, loop)


def _read_results(loop: Any) -> None:
    for descriptor, _ in loop.poller.poll(0) or ():
        read, arguments = loop.readers.get(descriptor) or (None, ())
        if callable(read):
            read(*arguments)


class Consumer(watched_consumer.Consumer):
    """A worker's loop that sends other workers no heartbeats, to which nobody here listens.

    ``celery.worker.telemetry.heartbeat.Heart`` publishes every two seconds from within the loop and tries for ever
    (``celery.events.dispatcher.EventDispatcher._publish``): cut off from Redis, a worker neither heard of tasks that
    ended nor saw that its connection was lost.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        silent = {"without_heartbeat": True, "without_gossip": True, "without_mingle": True}
        super().__init__(*arguments, **options | silent)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Let a line of Celery's beat pass, without the traceback of a broker that is gone: that is nobody's fault."""
    if record.exc_info and isinstance(record.exc_info[1], RedisError | OperationalError | OSError):
        record.exc_info = None
    return True


class Scheduler(beat.Scheduler):
    """Beat's schedule, which logs once that the broker is gone and once that it is back, and ends when it is told to.

    ``celery.beat.Scheduler.apply_entry`` prints two tracebacks for each message that cannot be sent, and a beat with
    ``--enable-remote-control`` one for its loop that listens (``celery.beat.BeatPidbox``), which went to Sentry too.
    """

    _is_cut_off = False
    _is_sending = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logger.addFilter(_without_traceback)

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Send what is due, and return for how many seconds nothing more is."""
        self._is_sending = True
        try:
            return super().tick(*arguments, **options)
        finally:
            self._is_sending = False
            tell_service_manager(AT_WORK, status=_CUT_OFF if self._is_cut_off else "at work")

    def close(self) -> None:
        """Close the connection to Redis, but not while a message is sent: Celery calls this again at the end.

        Celery's handler of SIGTERM calls this and raises SystemExit. In its place, the interrupted read raised a
        ValueError for its closed buffer (``redis._parsers.socket.SocketBuffer._read_from_socket``), which
        ``celery.beat.Scheduler.apply_async`` takes for a message that cannot be sent: beat went on for ever.
        """
        tell_service_manager(STOPPING)
        if not self._is_sending:
            super().close()

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send a message that is due, or drop it where it cannot be sent: the next one will do its work."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except beat.SchedulingError as error:
            if not isinstance(error.__context__, OperationalError):
                _LOG.exception("not sent", task=entry.task)
            elif not self._is_cut_off:
                self._is_cut_off = True
                _LOG.error(_CUT_OFF, error=str(error.__context__))
        else:
            if self._is_cut_off:
                self._is_cut_off = False
                _LOG.info("broker back")
