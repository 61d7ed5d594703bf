"""The stream of pokes."""

from tests.sync.protocol.wire import wire


def test_a_change_pokes_everybody_of_the_clinic(clinic, listen):
    writer, reader = clinic.phone("customer_service"), clinic.phone("nurse")
    with listen(reader) as stream:
        version = writer.push_raw([wire(1)])["version"]
        assert stream.poke(at_least=version) == version


def test_another_clinics_change_pokes_nobody(clinic, outsider, listen):
    writer, reader = clinic.phone("customer_service"), clinic.phone("nurse")
    with listen(reader) as stream:
        version = writer.push_raw([wire(1)])["version"]
        stream.poke(at_least=version)
        for seq in range(1, 9):
            theirs = outsider.push_raw([wire(seq)])["version"]
        version = writer.push_raw([wire(2)])["version"]
        assert stream.poke(at_least=version) == version < theirs


def test_it_is_a_stream_of_events_that_nobody_stores(clinic, listen):
    with listen(clinic.phone("nurse")) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "no-store" in stream.headers["Cache-Control"]
        assert "Content-Encoding" not in stream.headers
