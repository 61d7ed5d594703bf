"""Where the bytes of pictures are kept: a folder, or a bucket of an S3-compatible service.

Originals are named by their content: what is kept under an address has its SHA-256, or it is not kept.
Renditions are named by the original that they were made from, and can be made again.

The bucket is in `photos.stores.s3`, to be imported by whoever has one: its client takes long to load.
"""

from photos.stores.address import Address
from photos.stores.contract import Missing, Store, StoreFull, StoreUnavailable, WrongContent
from photos.stores.folder import FolderStore

__all__ = [
    "Address",
    "FolderStore",
    "Missing",
    "Store",
    "StoreFull",
    "StoreUnavailable",
    "WrongContent",
]
