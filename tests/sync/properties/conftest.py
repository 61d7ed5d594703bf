"""Passwords are not what is tried here, and are slow by intent."""

import pytest
from argon2 import PasswordHasher

from server.clinic import passwords


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
