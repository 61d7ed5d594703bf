"""Numbers of the protocol (docs/protocol.md)."""

SCHEMA = 1
PUSH_SCHEMAS = frozenset({1})
"""Every schema ever shipped: offline work is never stranded."""

OLDEST_PULL_SCHEMA = 1
MOST_MUTATIONS = 500
LARGEST_BODY_BYTES = 1024 * 1024
PAGE_ROWS = 1000
LARGEST_PAGE_ROWS = 5000
