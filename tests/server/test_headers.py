"""What browsers are told to forbid."""

import pytest

from server import create_app
from tests.conftest import configured


@pytest.fixture
def site(config, tmp_path):
    """The app's files and API behind this address."""

    def at(public_url):
        return create_app(configured(config.database_url, tmp_path, public_url)).test_client()

    return at


@pytest.mark.parametrize("path", ["/", "/customers/1", "/api/health", "/api/nothing-of-ours"])
def test_no_answer_lets_a_page_run_what_it_did_not_load_from_here(site, path):
    policy = site("http://localhost").get(path).headers["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["script-src"] == rules["style-src"] == rules["worker-src"] == ["'self'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert not any(word in policy for word in ("unsafe", "http:", "https:", "*"))


def test_only_an_address_with_a_certificate_is_bound_to_it(site):
    assert "Strict-Transport-Security" not in site("http://localhost").get("/api/health").headers
    assert site("https://clinic.example").get("/api/health").headers["Strict-Transport-Security"]


def test_what_the_product_does_not_use_no_script_may_ask_for(site):
    permissions = site("http://localhost").get("/").headers["Permissions-Policy"].split(", ")
    assert "camera=(self)" in permissions
    assert {"microphone=()", "geolocation=()", "usb=()"} <= set(permissions)
