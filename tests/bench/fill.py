"""Fills a clinic with customers, each with a completed treatment and the follow-ups it owes."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from server.database import gather_statistics, read, write
from server.sync.mutations import perform
from server.sync.tables import Feed
from server.sync.transaction import SERVER, Context, Transaction
from tests.rigs.client import instant

CUSTOMERS_A_TRANSACTION = 250
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "芳娜敏静丽艳娟霞秀英华慧巧美娜静淑惠珠翠雅芝玉萍红"
TREATMENTS = [("injectable", "玻尿酸", "鼻"), ("laser_skin", "光子嫩肤", "面部"), ("surgery", "双眼皮", "眼")]


def documents(app: Flask, clinic_id: str) -> int:
    """How many live documents the clinic has."""
    with app.app_context(), read() as connection:
        query = select(func.count()).where(Feed.clinic_id == clinic_id, Feed.doc.is_not(None))
        return connection.execute(query).scalar_one()


def fill(app: Flask, clinic_id: str, at_least: int, seed: int = 1) -> int:
    """Add customers until the clinic has this many documents; returns how many it has."""
    chance = random.Random(f"{seed}:{at_least}")
    while (have := documents(app, clinic_id)) < at_least:
        missing = max(1, (at_least - have) // 11)
        with app.app_context(), write() as connection:
            tx = Transaction(connection, clinic_id, instant(datetime.now(UTC)))
            for _ in range(min(CUSTOMERS_A_TRANSACTION, missing)):
                _add_treated_customer(tx, chance)
            tx.flush()
    with app.app_context(), write() as connection:
        gather_statistics(connection)
    return have


def add_customers(app: Flask, clinic_id: str, count: int, seed: int = 1) -> None:
    """Customers of whom nothing else is known yet."""
    chance = random.Random(seed)
    with app.app_context(), write() as connection:
        tx = Transaction(connection, clinic_id, instant(datetime.now(UTC)))
        for _ in range(count):
            _create_customer(tx, chance, datetime.now(UTC))
        tx.flush()


def add_vip_cases(app: Flask, clinic_id: str, count: int, seed: int = 1) -> None:
    """Confirmed cases that arrive one after the other within two months, with all their steps to do."""
    chance = random.Random(seed)
    now = datetime.now(UTC)
    with app.app_context(), write() as connection:
        tx = Transaction(connection, clinic_id, instant(now))
        partner = _new(tx, chance, "partner.add", {"name": "沙龙"})
        for number in range(count):
            customer = _create_customer(tx, chance, now)
            arrival = instant(now + timedelta(hours=number * 7 - 48))
            case = {"customer_id": customer, "partner_id": partner, "screening": {}, "arrival_at": arrival}
            id = _new(tx, chance, "vip.open", case)
            perform(tx, "vip.review", {"case_id": id, "decision": "approve"})
            perform(tx, "vip.confirm", {"case_id": id, "decision": "confirm"})
        tx.flush()


def _new(tx: Transaction, chance: random.Random, name: str, args: dict[str, Any]) -> str:
    id = str(uuid.UUID(int=chance.getrandbits(128)))
    tx.context = Context(SERVER, tx.now, str(uuid.UUID(int=chance.getrandbits(128))))
    perform(tx, name, {"id": id, **args})
    return id


def _create_customer(tx: Transaction, chance: random.Random, at: datetime) -> str:
    tx.context = Context(SERVER, instant(at), str(uuid.UUID(int=chance.getrandbits(128))))
    customer_id = str(uuid.UUID(int=chance.getrandbits(128)))
    name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))
    phone = f"13{chance.randrange(10**9):09d}"
    perform(tx, "customer.create", {"id": customer_id, "name": name, "gender": "female", "phones": [phone]})
    return customer_id


def _add_treated_customer(tx: Transaction, chance: random.Random) -> None:
    performed = datetime.now(UTC) - timedelta(hours=chance.uniform(0, 60 * 24))
    customer_id = _create_customer(tx, chance, performed)
    category, treatment, site = chance.choice(TREATMENTS)
    perform(
        tx,
        "treatment.complete",
        {
            "id": str(uuid.UUID(int=chance.getrandbits(128))),
            "customer_id": customer_id,
            "category": category,
            "name": treatment,
            "sites": [site],
            "performed_at": instant(performed),
        },
    )
