"""A revoked device, told to send or to erase."""

from tests.sync.protocol.wire import new_customer, refusal, wire


def test_it_is_told_to_send_what_it_has_and_gets_nothing(clinic):
    phone = clinic.phone("customer_service")
    clinic.revoke(phone, "collect")
    refused = refusal(phone.pull_page, None)
    assert (refused.status, refused.code) == (401, "device_revoked")
    assert refused.fields["mode"] == "collect"
    assert phone.push_raw([wire(1)])["applied_through"] == 1
    phone.call("POST", "/api/auth/logout")
    assert refusal(phone.push_raw, [wire(2)]).status == 401


def test_it_is_told_to_erase_everything_at_once(clinic):
    phone = clinic.phone("customer_service")
    clinic.revoke(phone, "wipe")
    for call in (lambda: phone.push_raw([wire(1)]), lambda: phone.pull_page(None)):
        refused = refusal(call)
        assert (refused.status, refused.code) == (401, "device_revoked")
        assert refused.fields["mode"] == "wipe"


def test_its_id_is_not_used_again(clinic):
    phone = clinic.phone("customer_service")
    revoked = phone.disk.device_id
    clinic.revoke(phone, "wipe")
    assert phone.login()["device"]["id"] != revoked


def test_the_persons_other_devices_go_on(clinic):
    lost, kept = clinic.phone("customer_service"), clinic.phone("customer_service")
    clinic.revoke(lost, "wipe")
    assert kept.do("customer.create", new_customer())["status"] == "applied"
