"""What browsers are told to forbid."""

from dataclasses import replace

import pytest

from server import create_app
from tests.conftest import configured

# Written whatever the database says.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


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
    bound = site("https://clinic.example").get("/api/health").headers["Strict-Transport-Security"]
    assert bound == "max-age=63072000; includeSubDomains"


def test_behind_a_certificate_the_cookie_is_bound_to_host_and_https(clinic, site):
    phone = clinic.phone("nurse", signed_in=False)
    browser = site("https://clinic.example")
    reply = browser.post("/api/auth/login", json=clinic.credentials(phone))
    name, *rules = reply.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(rules)
    assert not any(rule.startswith("Domain") for rule in rules)


@pytest.mark.parametrize("path", ["/../secret.txt", "/..%2fsecret.txt", "/assets/%2e%2e/../secret.txt"])
def test_no_address_leads_out_of_the_apps_files(config, tmp_path, path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("shell")
    app = create_app(replace(config, app_dir=tmp_path / "dist"))
    assert app.test_client().get("/").data == b"shell"
    assert b"secret" not in app.test_client().get(path).data


def test_what_the_product_does_not_use_no_script_may_ask_for(site):
    permissions = site("http://localhost").get("/").headers["Permissions-Policy"].split(", ")
    assert "camera=(self)" in permissions
    assert {"microphone=()", "geolocation=()", "usb=()"} <= set(permissions)
