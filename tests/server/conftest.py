"""A clinic in which something has happened, and browsers that may be told of it."""

import pytest

from server.config import Config
from server.notify.channels import channels_of
from tests.server.scene import Scene


@pytest.fixture
def scene(clinic):
    return Scene(clinic)


@pytest.fixture
def customer(scene):
    return scene.customer()


@pytest.fixture
def loopback(app, monkeypatch):
    """The installation lets browsers be reached on this machine."""
    built = app.extensions["meidang"]
    config = Config(**{**vars(built.config), "push_allow_loopback": True})
    monkeypatch.setitem(app.extensions, "meidang", type(built)(**{**vars(built), "config": config}))
    return config


@pytest.fixture
def channels(loopback):
    return channels_of(loopback, at_once=4)


@pytest.fixture
def allowed(loopback, push_service):
    """allowed(phone): a browser of that phone, in which notifications are allowed."""

    def allow(phone, **more):
        browser = push_service.browser()
        reply = phone.call("POST", "/api/push/subscriptions", {**browser.subscription, **more})
        assert reply.status == 204, reply.json
        return browser

    return allow
