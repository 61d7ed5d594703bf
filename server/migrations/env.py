"""Alembic's entry: migrations run in one writing transaction of the product's own database."""

from alembic import context

from server.database import Base, write

with write() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
