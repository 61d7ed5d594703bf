"""`make run`: migrate, make the demo clinic if there is none, serve and work until SIGTERM."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from flask_migrate import upgrade
from sqlalchemy import func, select

from server import create_app, logs
from server.clinic.permissions import ROLES
from server.clinic.settings import Clinic
from server.config import Config, ConfigError
from server.database import MIGRATIONS, read
from server.demo import create_demo
from server.demo.album import show_pictures
from server.instants import instant, utc_now

ROOT = Path(__file__).parent.parent
DEMO_PASSWORD = "meidang-demo"
LOOK_EVERY_S = 0.2


def prepare(config: Config) -> None:
    """Bring the database up to date; an empty one gets the demo clinic."""
    app = create_app(config)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        with read() as connection:
            clinics = connection.scalar(select(func.count(Clinic.id)))
        if not clinics:
            print("Making the demo clinic ...", flush=True)
            password = os.environ.get("DEMO_PASSWORD", DEMO_PASSWORD)
            now = utc_now()
            clinic_id = create_demo("demo", customers=400, seed=1, now=now, password=password)
            show_pictures(clinic_id, app.extensions["meidang"].store, instant(now))


def serve(config: Config) -> int:
    """Run the web server and the worker; when one ends or a signal comes, end both."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    web = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"),
           "server:create_app()"]  # fmt: skip
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment)
        for command in (web, [sys.executable, "-m", "server.worker"])
    ]

    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        for process in processes:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _greet(config)
    while all(process.poll() is None for process in processes):
        time.sleep(LOOK_EVERY_S)
    # One that was still starting when it was asked to stop is ended by the signal itself.
    clean = {0, -signal.SIGTERM} if asked else {0}
    for process in processes:
        process.terminate()
    codes = [process.wait() for process in processes]
    return max((0 if code in clean else code for code in codes), key=abs)


def _greet(config: Config) -> None:
    print(f"\n  Meidang 美档   {config.public_url}\n", flush=True)
    print("  Demo sign-ins: clinic `demo`, password `DEMO_PASSWORD` or `meidang-demo`, names:")
    print("  " + ", ".join(ROLES) + "\n", flush=True)


def main() -> NoReturn:
    logs.set_up()
    try:
        config = Config.from_env()
    except ConfigError as error:
        sys.exit(str(error))
    prepare(config)
    sys.exit(serve(config))


if __name__ == "__main__":
    main()
