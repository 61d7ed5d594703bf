"""Lighthouse's opinion of the first screen, as on a phone, and the bytes that the first visit loads."""

import gzip
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask_migrate
import requests

from server import create_app
from server.config import Config
from tests.bench.figures import Figure
from tests.rigs.browser import ARTEFACTS, FLAGS, ROOT, chromium
from tests.rigs.server import Server

# Lighthouse splits its flags at blanks, and the rule that keeps the browser on this machine has some.
ONE_WORD_FLAGS = [flag for flag in FLAGS if " " not in flag]
COMMAND = ROOT / "pwa" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
KINDS = {"JavaScript": "Script", "CSS": "Stylesheet"}
GOOD = 0.9


def lighthouse_figures() -> Iterator[Figure]:
    """Scores of 100, and KB (1,000 bytes) of script and style for the sign-in screen."""
    with tempfile.TemporaryDirectory(prefix="meidang-bench-") as name:
        folder = Path(name)
        config = Config.from_env({"DATA_DIR": str(folder)})
        app = create_app(config)
        with app.app_context():
            flask_migrate.upgrade()
        with Server(config.database_url, folder, processes=2) as server:
            report = _report(server.url, folder)
            for category in CATEGORIES:
                score = 100 * report["categories"][category]["score"]
                yield Figure(
                    f"Lighthouse {category}", "browser", score, "of 100", note=_why(report, category)
                )
            for kind, type in KINDS.items():
                yield _weight(kind, _loaded(report, type))


def _report(url: str, folder: Path) -> dict[str, Any]:
    """Lighthouse's answer for a phone; kept among the artefacts as well."""
    answer = ARTEFACTS / "lighthouse.json"
    answer.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            str(COMMAND), url, "--quiet", "--output=json", f"--output-path={answer}",
            f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting",
            f"--chrome-flags={' '.join(ONE_WORD_FLAGS)} --user-data-dir={folder / 'profile'}",
        ],
        check=True,
        env={**os.environ, "CHROME_PATH": chromium() or ""},
    )  # fmt: skip
    report = json.loads(answer.read_text())
    assert isinstance(report, dict)
    return report


def _why(report: dict[str, Any], category: str) -> str:
    """The audits that cost something, the dearest first."""
    lost = []
    for reference in report["categories"][category]["auditRefs"]:
        audit = report["audits"][reference["id"]]
        if reference["weight"] and audit["score"] is not None and audit["score"] < GOOD:
            cost = reference["weight"] * (1 - audit["score"])
            lost.append((-cost, f"{reference['id']} {audit.get('displayValue', '')}".strip()))
    return ", ".join(text for _, text in sorted(lost))


def _loaded(report: dict[str, Any], type: str) -> list[dict[str, Any]]:
    requests_made = report["audits"]["network-requests"]["details"]["items"]
    return [one for one in requests_made if one.get("resourceType") == type]


def _weight(kind: str, files: list[dict[str, Any]]) -> Figure:
    """What travels; beside it what gzip would make of the same files."""
    sent = sum(one["transferSize"] for one in files)
    packed = sum(len(gzip.compress(requests.get(one["url"], timeout=10).content)) for one in files)
    names = ", ".join(urlsplit(one["url"]).path.rsplit("/", 1)[-1] for one in files)
    note = f"{packed / 1000:.1f} KB with gzip: {names}"
    return Figure(f"first load, {kind}", "browser", sent / 1000, "KB", note=note)
