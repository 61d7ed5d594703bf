"""Meidang: the server. `create_app` is the only place where its parts are wired together."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import server.clinic
import server.notify.reminders  # noqa: F401  registers its table
from photos.stores import FolderStore, Store
from server import commands, database, logs
from server.api import (
    app_files,
    audit,
    auth,
    bodies,
    customers,
    devices,
    errors,
    escape,
    health,
    openapi,
    people,
    photos,
    push,
    reports,
    session,
    sheets,
    sync,
    uploads,
    vip,
)
from server.api.throttle import Buckets
from server.clinic.finisher import Finisher
from server.clinic.uploads import Uploads
from server.config import Config
from server.database import db
from server.sync.stream import Pokes


@dataclass(frozen=True)
class Meidang:
    """What requests find at `app.extensions["meidang"]`."""

    config: Config
    pokes: Pokes
    store: Store
    uploads: Uploads
    finisher: Finisher
    buckets: Buckets


def create_app(config: Config | None = None) -> Flask:
    """The application for a configuration (the environment's if none is given)."""
    config = config or Config.from_env()
    config.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, static_folder=None)
    app.config.update(openapi.SETTINGS)
    if behind := config.trusted_proxies:
        # Sign-in attempts are limited by address: the proxy's would be everybody's.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=behind, x_proto=behind)  # type: ignore[method-assign]
    logs.init_app(app)
    bodies.init_app(app)
    database.init_app(app, config.database_url)
    with app.app_context():
        store = _store(config)
        uploading = Uploads(config.data_dir / "uploads", store)
        app.extensions["meidang"] = Meidang(
            config, Pokes(db.engine, config.streams_per_process), store, uploading,
            Finisher(app, uploading.finish), Buckets(),
        )  # fmt: skip
    api = openapi.Documented(app, session.cookie_name(config))
    errors.init_app(app)  # after flask-smorest, which has an answer of its own shape
    for module in (
        auth, sync, devices, escape, people, audit, customers, photos, push, sheets, reports, uploads, vip,
        health,
    ):  # fmt: skip
        api.register_blueprint(module.blueprint)
    uploads.init_app(app)
    openapi.describe(api)
    app_files.init_app(app, config.app_dir, config.secure)
    commands.init_app(app)
    return app


def _store(config: Config) -> Store:
    """Originals are kept in a bucket when one is named, else in the data folder."""
    if config.photo_bucket:
        from photos.stores.s3 import S3Store, s3_client

        return S3Store(s3_client(), config.photo_bucket)
    return FolderStore(config.data_dir / "photos")
