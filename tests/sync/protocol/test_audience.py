"""Who gets which rows, and loses them again."""

import json

from tests.sync.protocol.wire import new_customer


def test_nobody_of_another_clinic_sees_a_row(clinic, outsider):
    phone = clinic.phone("customer_service")
    phone.do("customer.create", new_customer())
    phone.pull()
    outsider.pull()
    mine = set(phone.disk.rows)
    assert mine.isdisjoint(outsider.disk.rows)


def test_an_id_of_another_clinic_is_not_found(clinic, outsider):
    phone = clinic.phone("customer_service")
    customer = new_customer()
    phone.do("customer.create", customer)
    args = {"id": customer["id"], "set": {"name": "抢"}, "seen": {"name": customer["name"]}}
    assert outsider.do("customer.update", args)["error"]["code"] == "not_found"
    phone.pull()
    assert phone.rows("customer")[customer["id"]]["name"] == customer["name"]


def test_a_role_sees_only_the_facets_it_may_read(clinic):
    service, office = clinic.phone("customer_service"), clinic.phone("admin_office")
    customer = new_customer(phones=["13800000000"])
    service.do("customer.create", customer)
    office.pull()
    assert customer["id"] in office.rows("customer_brief")
    assert office.rows("customer") == {}
    brief = office.rows("customer_brief")[customer["id"]]
    assert "小美" not in json.dumps(brief, ensure_ascii=False)
    assert "13800000000" not in json.dumps(list(office.disk.rows.values()), ensure_ascii=False)


def test_ones_own_come_with_the_ownership_whatever_the_cursor(clinic):
    service, lead = clinic.phone("customer_service"), clinic.phone("consult_lead")
    old, new = clinic.phone("consultant"), clinic.phone("consultant", 2)
    customer = new_customer(owner_id=old.staff["id"])
    service.do("customer.create", customer)
    service.do("customer.create", new_customer())
    for phone in (old, new):
        phone.pull()
    assert set(old.rows("customer")) == {customer["id"]}
    assert new.rows("customer") == {}
    assert customer["id"] in new.rows("customer_brief")

    change = {
        "id": customer["id"],
        "set": {"owner_id": new.staff["id"]},
        "seen": {"owner_id": old.staff["id"]},
    }
    assert lead.do("customer.update", change)["status"] == "applied"
    [page] = old.pull()
    assert ["customer", customer["id"]] in page["removed"]
    assert not page["reset"]
    new.pull()
    assert old.rows("customer") == {}
    assert customer["id"] in old.rows("customer_brief")
    assert set(new.rows("customer")) == {customer["id"]}
    for phone in (old, new):
        assert phone.own_digest() == phone.digest()


def test_what_a_person_may_not_see_any_more_cannot_be_had_with_an_old_cursor(clinic):
    service, lead = clinic.phone("customer_service"), clinic.phone("consult_lead")
    old, new = clinic.phone("consultant"), clinic.phone("consultant", 2)
    customer = new_customer(owner_id=old.staff["id"])
    service.do("customer.create", customer)
    before = old.pull_page(None, 1)
    change = {
        "id": customer["id"],
        "set": {"owner_id": new.staff["id"]},
        "seen": {"owner_id": old.staff["id"]},
    }
    lead.do("customer.update", change)
    lead.do("customer.update", {"id": customer["id"], "set": {"source": "秘密"}, "seen": {"source": None}})
    assert "秘密" not in json.dumps(old.pull_page(before["cursor"]), ensure_ascii=False)
    assert "秘密" not in json.dumps(old.pull_page(None), ensure_ascii=False)


def test_a_change_of_roles_starts_anew(clinic):
    admin, nurse = clinic.phone("clinic_admin"), clinic.phone("nurse")
    nurse.pull()
    assert nurse.pull_page(nurse.disk.cursor)["reset"] is False
    result = admin.do("staff.update", {"id": nurse.staff["id"], "roles": ["admin_office"]})
    assert result["status"] == "applied"
    assert nurse.pull_page(nurse.disk.cursor)["reset"] is True


def test_ones_own_and_a_role_do_not_mix_facets_of_different_subjects(clinic):
    service, consultant = clinic.phone("customer_service"), clinic.phone("consultant")
    mine, others = new_customer(owner_id=consultant.staff["id"]), new_customer()
    service.do("customer.create", mine)
    service.do("customer.create", others)
    consultant.pull()
    tables = {table for table, id in consultant.disk.rows if id == others["id"]}
    assert tables == {"customer_brief"}
