"""Consents: what was signed, by whom, for what, until when; the drawing stays with the clinic."""

import pytest
from sqlalchemy import select

from server.clinic.consents import PURPOSES, SIGNATURE_BYTES, Consent
from tests.rigs.client import uuid7
from tests.server.scene import ago
from tests.server.targets import Targets, photo_set


def signed(customer_id: str, **more):
    return {**Targets(None, "", "", "").consent_sign(customer_id, ""), **more}


def code(result) -> str | None:
    return result["error"] and result["error"]["code"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_consent_is_for_one_purpose_and_ends_when_revoked(clinic, scene, purpose):
    nurse = clinic.phone("nurse")
    args = signed(scene.customer(), purpose=purpose)
    assert code(nurse.do("consent.sign", args)) is None
    nurse.pull()
    document = nurse.rows("consent")[args["id"]]
    assert (document["purpose"], document["revoked_at"]) == (purpose, None)
    started = nurse.do("photo_set.start", photo_set(args["customer_id"]))
    assert code(started) == (None if purpose == "record" else "gate")
    revocation = {"id": uuid7(), "consent_id": args["id"], "reason": "顾客要求"}
    assert code(nurse.do("consent.revoke", revocation)) is None
    nurse.pull()
    assert nurse.rows("consent")[args["id"]]["revoked_at"]
    assert code(nurse.do("photo_set.start", photo_set(args["customer_id"]))) == "gate"


def test_the_drawing_and_the_reason_stay_on_the_server(clinic, scene):
    nurse = clinic.phone("nurse")
    args = signed(scene.customer(), signature="M7 7L77 77", guardian="王建国")
    nurse.do("consent.sign", args)
    nurse.do("consent.revoke", {"id": uuid7(), "consent_id": args["id"], "reason": "改变主意"})
    for role in ("nurse", "consult_lead", "ops_director"):
        phone = clinic.phone(role)
        phone.pull()
        document = phone.rows("consent")[args["id"]]
        assert document["guardian"] == "王建国"
        assert not {"signature", "revoke_reason"} & set(document)
    with scene.connection() as connection:
        kept = connection.execute(
            select(Consent.signature, Consent.revoke_reason).where(Consent.id == args["id"])
        )
        assert kept.one() == ("M7 7L77 77", "改变主意")


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ({"signature": "M" * SIGNATURE_BYTES}, None),
        ({"signature": "M" * (SIGNATURE_BYTES + 1)}, "validation"),
        ({"signature": ""}, "validation"),
        ({"purpose": "marketing"}, "validation"),
        ({"wording_version": ""}, "validation"),
    ],
)
def test_what_is_signed_has_a_wording_a_purpose_and_a_drawing(clinic, scene, entry, wanted):
    assert code(clinic.phone("nurse").do("consent.sign", signed(scene.customer(), **entry))) == wanted


def test_a_phone_whose_clock_is_fast_can_go_on_with_pictures(clinic, scene):
    nurse = clinic.phone("nurse")
    customer = scene.customer()
    nurse.clock_offset_s = 7200
    nurse.do("consent.sign", signed(customer, signed_at=nurse.now()))
    assert code(nurse.do("photo_set.start", photo_set(customer))) is None


def test_a_new_consent_counts_after_an_old_one_ended(clinic, scene):
    nurse = clinic.phone("nurse")
    customer = scene.customer()
    old = signed(customer, signed_at=ago(days=2))
    nurse.do("consent.sign", old)
    nurse.do("consent.revoke", {"id": uuid7(), "consent_id": old["id"], "reason": "顾客要求"})
    nurse.do("consent.sign", signed(customer))
    assert code(nurse.do("photo_set.start", photo_set(customer))) is None


def test_a_consent_of_another_clinic_is_not_there(clinic, scene, outsider):
    nurse = clinic.phone("nurse")
    args = signed(scene.customer())
    nurse.do("consent.sign", args)
    outsider.pull()
    assert outsider.rows("consent") == {}
