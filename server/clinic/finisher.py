"""Looks at the pictures that have arrived whole, beside the requests of this process.

One at a time. What is lost when the process dies is
done when its phone asks, or by the worker.
"""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from flask import Flask

from server.database import is_outage, outage_reason
from server.errors import PictureRefused

log = logging.getLogger("meidang.finisher")


class Finisher:
    def __init__(self, app: Flask, finish: Callable[[str], object]) -> None:
        self._app, self._finish = app, finish
        self._arrived: SimpleQueue[str] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._start = threading.Lock()

    def soon(self, id: str) -> None:
        """This upload has all its bytes."""
        self._arrived.put(id)
        with self._start:
            if self._thread is None:  # only now: a thread does not survive the fork of a web process
                self._thread = threading.Thread(target=self._run, name="finisher", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            id = self._arrived.get()
            try:
                with self._app.app_context():
                    self._finish(id)
            except PictureRefused:
                continue  # its phone will ask
            except Exception as error:
                if is_outage(error):
                    log.warning("an outage: %s", outage_reason(error))
                else:
                    log.exception("an upload could not be finished", extra={"fields": {"upload": id}})
