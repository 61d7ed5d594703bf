"""Two people change the same thing while apart: it ends alike whoever comes first."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.clinic.conflicts import Conflict
from server.clinic.customers import Customer
from server.clinic.medical import CustomerMedical
from tests.rigs.client import instant, uuid7
from tests.server.scene import NOW, Scene, ago

FIELDS = {"source": None, "gender": None, "birth_date": None}
VALUES = {
    "source": ["朋友", "网络", "路过"],
    "gender": ["female", "male"],
    "birth_date": ["1990-01-01", "1991-02-02"],
}


@pytest.mark.parametrize("first", [0, 1])
def test_the_later_change_stands_whoever_is_online_first(clinic, first):
    phones = [clinic.phone("customer_service"), clinic.phone("front_desk")]
    customer = Scene(clinic).customer(phones=["1"])
    for phone, number, minutes in zip(phones, ("13811110000", "13822220000"), (20, 10), strict=True):
        args = {"id": customer, "set": {"phones": [number]}, "seen": {"phones": ["1"]}}
        phone.queue("customer.update", args, at=ago(minutes=minutes))
    for phone in (phones[first], phones[1 - first]):
        phone.push()
    phones[0].pull()
    assert phones[0].rows("customer")[customer]["phones"] == ["13822220000"]
    [conflict] = phones[0].rows("conflict").values()
    both = conflict["fields"]["phones"]
    assert (both["kept"], both["other"]) == (["13822220000"], ["13811110000"])
    assert both["by"] == phones[0].staff["id"]


def test_changes_of_different_fields_do_not_clash(clinic):
    phones = [clinic.phone("customer_service"), clinic.phone("front_desk")]
    customer = Scene(clinic).customer()
    phones[0].queue("customer.update", {"id": customer, "set": {"source": "朋友"}, "seen": {"source": None}})
    phones[1].queue("customer.update", {"id": customer, "set": {"gender": "male"}, "seen": {"gender": None}})
    for phone in phones:
        phone.push()
    phones[0].pull()
    file = phones[0].rows("customer")[customer]
    assert (file["source"], file["gender"]) == ("朋友", "male")
    assert phones[0].rows("conflict") == {}


def test_first_entries_of_the_medical_part_merge(clinic):
    phones = [clinic.phone("nurse"), clinic.phone("doctor")]
    customer = Scene(clinic).customer()
    for phone, set in zip(phones, ({"allergies": ["青霉素"]}, {"notes": "晕针"}), strict=True):
        phone.queue("customer.update_medical", {"id": customer, "set": set, "seen": {}})
    for phone in phones:
        phone.push()
    phones[0].pull()
    medical = phones[0].rows("customer_medical")[customer]
    assert (medical["allergies"], medical["notes"]) == (["青霉素"], "晕针")
    assert phones[0].rows("conflict") == {}


def test_a_person_chooses_and_the_conflict_is_gone_everywhere(clinic):
    one, two = clinic.phone("customer_service"), clinic.phone("front_desk")
    customer = Scene(clinic).customer()
    for phone, source, minutes in ((one, "朋友", 20), (two, "网络", 10)):
        args = {"id": customer, "set": {"source": source}, "seen": {"source": None}}
        phone.do("customer.update", args, at=ago(minutes=minutes))
    one.pull()
    two.pull()
    [id] = one.rows("conflict")
    wrong = one.do("conflict.resolve", {"id": id, "choice": {"source": "第三种"}})
    assert wrong["error"]["code"] == "validation"
    assert one.do("conflict.resolve", {"id": id, "choice": {"source": "朋友"}})["error"] is None
    two.pull()
    assert two.rows("conflict") == {}
    assert two.rows("customer")[customer]["source"] == "朋友"
    assert two.do("conflict.resolve", {"id": id, "choice": {}})["error"]["code"] == "not_found"


edits = st.fixed_dictionaries(
    {field: st.none() | st.sampled_from(VALUES[field]) for field in FIELDS}
).map(lambda values: {field: value for field, value in values.items() if value is not None})  # fmt: skip
minutes = st.integers(-3, 3)
notes = st.text("ab", min_size=1, max_size=2)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(edits=st.lists(st.tuples(edits, minutes), min_size=2, max_size=2), other=st.tuples(edits, minutes))
def test_two_edits_of_the_same_file_converge_in_any_order(clinic, edits, other):
    """Also when the clocks say they were made before what they saw, and with a third one before."""
    scene, results = Scene(clinic), []
    ids = [uuid7(), uuid7()]
    for order in itertools.permutations(range(2)):
        customer = scene.customer()
        update(scene, customer, other[0], FIELDS, other[1], uuid7())
        seen = {**FIELDS, **other[0]}
        for which in order:
            update(scene, customer, *(edits[which][0], seen, edits[which][1], ids[which]))
        with scene.transaction() as tx:
            row = tx.get(Customer, customer)
            clashes = [
                {field: (both["kept"], both["other"], both["at"]) for field, both in found["fields"].items()}
                for found in tx.find(Conflict, row_id=customer)
            ]
            results.append(({field: row[field] for field in FIELDS}, clashes))
    assert results[0] == results[1]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(texts=st.tuples(notes, notes), when=st.tuples(minutes, minutes))
def test_first_entries_of_the_medical_part_converge_in_any_order(clinic, texts, when):
    scene, results, ids = Scene(clinic), set(), [uuid7(), uuid7()]
    for order in itertools.permutations(range(2)):
        customer = scene.customer()
        for which in order:
            at = instant(NOW + timedelta(minutes=when[which] - 60))
            args = {"id": customer, "set": {"notes": texts[which]}, "seen": {}}
            scene.perform("customer.update_medical", args, at=at, mutation_id=ids[which])
        with scene.transaction() as tx:
            results.add(tx.get(CustomerMedical, customer)["notes"])
    assert len(results) == 1


def update(scene, customer, set, seen, minute, id):
    set = {field: value for field, value in set.items() if value != seen[field]}
    if set:
        args = {"id": customer, "set": set, "seen": {field: seen[field] for field in set}}
        scene.perform("customer.update", args, at=instant(NOW + timedelta(minutes=minute)), mutation_id=id)
