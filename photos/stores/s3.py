"""A store in a bucket of an S3-compatible service.

A picture is first written to a temporary file of this machine (in memory up to SPOOL_BYTES) and compared
with its address, then sent with a checksum that the service verifies; large ones in parts. The service
shows an object only when all of it has arrived, so nothing half-sent is ever seen.
"""

import contextlib
import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from photos.stores.address import Address
from photos.stores.contract import PIECE_BYTES, Checked, Missing, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SPOOL_BYTES = 8 << 20

_NOT_THERE = {"404", "NoSuchKey", "NotFound"}


class S3Store:
    def __init__(self, client: "S3Client", bucket: str, prefix: str = "", part_bytes: int = 8 << 20) -> None:
        """prefix: put before every key, for a bucket that is shared; part_bytes: at least 5 MiB."""
        self._client, self._bucket, self._prefix = client, bucket, prefix
        self._transfer = TransferConfig(
            multipart_threshold=part_bytes, multipart_chunksize=part_bytes, use_threads=False
        )

    def put(self, address: Address, stream: BinaryIO) -> int:
        with _spool() as spool:
            checked = Checked(address, stream)
            for piece in checked:
                spool.write(piece)
            checked.finish()
            spool.seek(0)
            with _as_store_errors():
                self._client.upload_fileobj(
                    spool,
                    self._bucket,
                    self._key(address),
                    ExtraArgs={"ChecksumAlgorithm": "SHA256"},
                    Config=self._transfer,
                )
        return checked.size_bytes

    def open(self, address: Address) -> BinaryIO:
        spool = _spool()
        try:
            with _as_store_errors():
                answer = self._client.get_object(
                    Bucket=self._bucket, Key=self._key(address), ChecksumMode="ENABLED"
                )
                shutil.copyfileobj(answer["Body"], spool, PIECE_BYTES)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return spool

    def exists(self, address: Address) -> bool:
        try:
            self.size(address)
        except Missing:
            return False
        return True

    def size(self, address: Address) -> int:
        with _as_store_errors():
            return self._client.head_object(Bucket=self._bucket, Key=self._key(address))["ContentLength"]

    def delete(self, address: Address) -> None:
        with _as_store_errors():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(address))

    def check(self) -> None:
        try:
            with _as_store_errors():
                self._client.head_bucket(Bucket=self._bucket)
        except Missing as error:
            raise StoreUnavailable(str(error)) from error

    def _key(self, address: Address) -> str:
        return self._prefix + address.key


def s3_client(
    endpoint_url: str | None = None,
    region: str | None = None,
    access_key: str | None = None,
    secret_key: str | None = None,
    timeout_s: float = 20,
) -> "S3Client":
    """A client; what is None comes from the environment as boto3 reads it.

    The bucket is part of the path, because a name per bucket needs a certificate and a zone of its own.
    """
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            connect_timeout=timeout_s,
            read_timeout=timeout_s,
            retries={"mode": "standard", "max_attempts": 3},
            s3={"addressing_style": "path"},
        ),
    )


def _spool() -> BinaryIO:
    return cast(BinaryIO, SpooledTemporaryFile(max_size=SPOOL_BYTES))


@contextlib.contextmanager
def _as_store_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _NOT_THERE:
            raise Missing(str(error)) from error
        raise StoreUnavailable(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreUnavailable(str(error)) from error
