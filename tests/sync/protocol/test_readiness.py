"""What is answered without a sign-in."""


def test_health_and_readiness_need_no_sign_in(clinic):
    stranger = clinic.phone("nurse", signed_in=False)
    assert stranger.call("GET", "/api/health").status == 200
    assert stranger.call("GET", "/api/ready").status == 200


def test_the_document_of_the_interface_is_served(clinic):
    document = clinic.phone("nurse", signed_in=False).call("GET", "/api/openapi.json").json
    assert document["openapi"].startswith("3.")
    assert "/api/sync/push" in document["paths"]
