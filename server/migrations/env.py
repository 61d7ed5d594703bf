"""Alembic's entry: migrations run in one writing transaction of the product's own database.

A restore brings its own, so that it is all or nothing.
"""

from contextlib import nullcontext

from alembic import context

from server.database import Base, write

own = context.config.attributes.get("connection")

with nullcontext(own) if own else write() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
