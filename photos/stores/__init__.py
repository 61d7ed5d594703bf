"""Where the bytes of pictures are kept: a folder, or a bucket of an S3-compatible service.

Originals are named by their content: what is kept under an address has its SHA-256, or it is not kept.
Renditions are named by the original that they were made from, and can be made again.
"""

from photos.stores.address import Address
from photos.stores.contract import Missing, Store, StoreFull, StoreUnavailable, WrongContent
from photos.stores.folder import FolderStore
from photos.stores.s3 import S3Store, s3_client

__all__ = [
    "Address",
    "FolderStore",
    "Missing",
    "S3Store",
    "Store",
    "StoreFull",
    "StoreUnavailable",
    "WrongContent",
    "s3_client",
]
