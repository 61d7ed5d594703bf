"""Online search, for customers beyond the working set; each person finds what they may read."""

from sqlalchemy import select

from server.clinic.customers import Customer
from server.clinic.names import form_of, pinyin_of, surname_of
from server.clinic.sign_in import SignedIn
from server.database import read
from server.sync.grants import KEEP, Grant
from server.sync.synced import Row

MOST = 50


def search_customers(person: SignedIn, query: str) -> list[Row]:
    """Documents of customers by part of name, pinyin, initials or phone; names-only roles get
    {"id", "surname", "form"} and only by the surname they may see. Cost: one scan of the names."""
    wanted = "".join(query.casefold().split())
    if not wanted:
        return []
    audience = person.viewer.audience
    with read() as connection:
        rows = connection.execute(
            select(Customer.__table__)
            .where(
                Customer.clinic_id == person.clinic_id,
                Customer.search_text.contains(wanted, autoescape=True),
            )
            .order_by(Customer.updated_at.desc())
            .limit(MOST * 4)
        ).mappings().all()  # fmt: skip
        own = set(
            connection.scalars(
                select(Grant.subject).where(
                    Grant.clinic_id == person.clinic_id, Grant.staff_id == person.staff_id,
                    Grant.until.is_(None), Grant.reason != KEEP,
                    Grant.subject.in_([row["id"] for row in rows]),
                )
            )
        )  # fmt: skip
    found: list[Row] = []
    for row in map(dict, rows):
        facets = audience.everything | (audience.own if row["id"] in own else frozenset())
        surname = surname_of(row["name"])
        if "profile" in facets:
            found.append(Customer.document_of(row))
        elif "name" in facets and wanted in (surname.casefold(), pinyin_of(surname)):
            found.append({"id": row["id"], "surname": surname, "form": form_of(row["gender"])})
    return found[:MOST]
