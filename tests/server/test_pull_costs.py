"""A pull costs what has changed, whatever else is there: counted in steps of SQLite's machine."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.bench.fill import fill
from tests.sync.protocol.wire import new_customer


@contextmanager
def steps(app):
    """The machine's steps, in tens, as they are made."""
    made = []

    def count(connection, _record, _proxy):
        connection.set_progress_handler(lambda: made.append(1), 10)

    def rest(connection, _record):
        connection.set_progress_handler(None, 0)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "checkout", count)
    event.listen(engine, "checkin", rest)
    try:
        yield made
    finally:
        event.remove(engine, "checkout", count)
        event.remove(engine, "checkin", rest)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_pull_costs_what_has_changed_however_much_there_is(app, clinic):
    writer, reader = clinic.phone("customer_service"), clinic.phone("customer_service")
    costs = []
    for size in (100, 2_000):
        fill(app, clinic.id, size)
        for phone in (writer, reader):
            phone.pull()
        writer.do("customer.create", new_customer())
        with steps(app) as made:
            [page] = reader.pull()
        assert page["rows"]
        costs.append(len(made))
    few, many = costs
    assert many < 1.3 * few, (few, many)
