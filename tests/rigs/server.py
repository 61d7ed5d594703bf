"""A real server: gunicorn with the product's configuration, which can be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import psutil
import requests

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`gunicorn -c gunicorn.conf.py "server:create_app()"` on a loopback port that stays the same.

    The database must be migrated. `environment` adds to, or takes precedence over, the settings made here.
    One process starts twice as fast as two, which are what the product has by itself.
    """

    def __init__(
        self, database_url: str, data_dir: Path, environment: dict[str, str] | None = None, processes: int = 1
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url
        self.data_dir = data_dir
        self.environment = {"WEB_CONCURRENCY": str(processes), **(environment or {})}
        self._log = data_dir / f"gunicorn-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """All that the processes wrote, of every life so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> "Server":
        """Start and wait until it is ready to work. Raises RuntimeError with the log if it dies."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": self.database_url,
            **self.environment,
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "server:create_app()"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_ready(self._process)
        return self

    def _wait_ready(self, process: subprocess.Popen[bytes], timeout_s: float = 60) -> None:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if process.poll() is not None:
                raise RuntimeError(f"the server stopped by itself:\n{self.log}")
            try:
                if requests.get(f"{self.url}/api/ready", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the server did not get ready in {timeout_s} s:\n{self.log}")

    def kill(self) -> None:
        """kill -9 of every process at once: no handler, no flush, no goodbye."""
        if self._process is None:
            return
        processes = self._family()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        psutil.wait_procs(processes, timeout=10)
        self._process = None

    def stop(self) -> None:
        """Ask it to finish, as an operator does; raises if it does not within 30 s."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._process = None

    def resident_bytes(self) -> int:
        """Memory that its processes hold now."""
        assert self._process is not None
        own = psutil.Process(self._process.pid)
        return sum(int(process.memory_info().rss) for process in [own, *self._family()])

    def _family(self) -> list[psutil.Process]:
        assert self._process is not None
        try:
            return list(psutil.Process(self._process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
