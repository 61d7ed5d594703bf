"""How the web processes run, here and in production. The environment may change the numbers."""

import os
import signal
from typing import Any

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

# The load waits for the database and for streams, not for the processor: few processes, many
# threads. A stream keeps its thread, so the server caps streams below the number of threads.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "32"))

# Each process opens its own database connections: none may be shared over a fork.
preload_app = False

# A worker says a few times a second that it lives, by touching a file: on a disk that is busy it would wait.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

timeout = 60
graceful_timeout = 10
keepalive = 75

# Request lines carry what people search for. The application logs its own, without content.
accesslog = None
errorlog = "-"


def post_fork(_server: object, _worker: object) -> None:
    """The product's log lines, in which nothing personal stands, instead of Python's."""
    from server import logs

    logs.set_up()


# Not a host to be administered over a socket in somebody's home folder.
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Streams never end by themselves; without this a stop would wait for all of them."""
    stop = signal.getsignal(signal.SIGTERM)

    def end_streams_first(number: int, frame: Any) -> None:
        worker.wsgi.extensions["meidang"].pokes.close()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, end_streams_first)
