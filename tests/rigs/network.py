"""The way between phones and a server: a port that passes everything on, until it is cut.

To whoever is behind it a cut is the same as a server that is not there: connections break and new ones are
refused. No worker or stream of a browser gets around it, and the server need not start again afterwards.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from tests.rigs.server import free_port

PIECE_BYTES = 1 << 16


class Network:
    """with Network() as network: network.to(server.port) ... network.url ... with network.cut(): ..."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server_port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listening: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    def to(self, server_port: int) -> None:
        self._server_port = server_port

    @contextmanager
    def cut(self) -> Iterator[None]:
        self._do(self._close())
        try:
            yield
        finally:
            self._do(self._open())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._listening:
            self._listening.close()
        for end in list(self._ends):
            end.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, server_writer}
        self._ends |= ends
        await asyncio.gather(_pass_on(reader, server_writer), _pass_on(server_reader, writer))
        self._ends -= ends

    def __enter__(self) -> "Network":
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side ends, which ends the other."""
    try:
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass  # cut, or gone without a word
    finally:
        writer.close()
