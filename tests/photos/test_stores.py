"""Every store keeps what it was given, whole or not at all, and apart from other clinics."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from photos.stores import (
    Address,
    FolderStore,
    Missing,
    Store,
    StoreUnavailable,
    WrongContent,
)
from photos.stores.s3 import S3Store, s3_client
from tests.photos.object_server import ObjectServer

PICTURE = b"\xff\xd8 a picture " * 1000
LARGE = os.urandom(1 << 20) * 12 + b"the end"


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    server = ObjectServer(tmp_path_factory.mktemp("objects"))
    yield server
    server.close()


def bucket_on(server: ObjectServer, name: str):
    client = s3_client(server.url, "us-east-1", "key", "secret", timeout_s=10)
    client.create_bucket(Bucket=name)
    return client


@pytest.fixture(params=["folder", "s3", "s3 with a prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "blobs")
    name = f"clinic-{uuid4()}"
    client = bucket_on(request.getfixturevalue("objects"), name)
    return S3Store(client, name, "group/" if "prefix" in request.param else "", part_bytes=5 << 20)


def named(data: bytes, clinic: str = "clinic-a", rendition: str = "original") -> Address:
    return Address(clinic, hashlib.sha256(data).hexdigest(), rendition)


def kept(store: Store, address: Address) -> bytes:
    with store.open(address) as stream:
        return stream.read()


@pytest.mark.parametrize(
    "data", [b"", b"x", PICTURE, LARGE], ids=["nothing", "a byte", "a picture", "a large one"]
)
def test_what_was_put_comes_back_byte_for_byte(store, data):
    assert store.put(named(data), io.BytesIO(data)) == len(data)
    assert kept(store, named(data)) == data
    assert store.size(named(data)) == len(data)
    assert store.exists(named(data))


@pytest.mark.parametrize("data", [PICTURE, LARGE], ids=["a picture", "a large one"])
def test_bytes_that_their_name_does_not_fit_are_not_kept(store, data):
    address = named(data)
    for wrong in (data + b"x", data[:-1], b""):
        with pytest.raises(WrongContent):
            store.put(address, io.BytesIO(wrong))
        assert not store.exists(address)


def test_wrong_bytes_do_not_replace_what_is_kept(store):
    store.put(named(PICTURE), io.BytesIO(PICTURE))
    with pytest.raises(WrongContent):
        store.put(named(PICTURE), io.BytesIO(b"other"))
    assert kept(store, named(PICTURE)) == PICTURE


def test_what_is_missing_is_said(store):
    address = named(b"never put")
    assert not store.exists(address)
    with pytest.raises(Missing):
        store.open(address)
    with pytest.raises(Missing):
        store.size(address)
    store.delete(address)


def test_what_was_deleted_is_gone_and_can_be_put_again(store):
    address = named(PICTURE)
    store.put(address, io.BytesIO(PICTURE))
    store.delete(address)
    assert not store.exists(address)
    store.put(address, io.BytesIO(PICTURE))
    assert kept(store, address) == PICTURE


def test_putting_twice_changes_nothing(store):
    for _ in range(2):
        store.put(named(PICTURE), io.BytesIO(PICTURE))
    assert kept(store, named(PICTURE)) == PICTURE


def test_another_clinic_does_not_find_a_picture_by_its_hash(store):
    store.put(named(PICTURE, "clinic-a"), io.BytesIO(PICTURE))
    outsider = named(PICTURE, "clinic-b")
    assert not store.exists(outsider)
    store.delete(outsider)
    assert store.exists(named(PICTURE, "clinic-a"))


def test_a_rendition_is_kept_beside_its_original_with_bytes_of_its_own(store):
    store.put(named(PICTURE), io.BytesIO(PICTURE))
    store.put(named(PICTURE, rendition="thumb"), io.BytesIO(b"small"))
    assert kept(store, named(PICTURE, rendition="thumb")) == b"small"
    assert kept(store, named(PICTURE)) == PICTURE


def test_only_the_rest_of_a_stream_is_kept(store):
    stream = io.BytesIO(b"header" + PICTURE)
    stream.seek(6)
    store.put(named(PICTURE), stream)
    assert kept(store, named(PICTURE)) == PICTURE


def test_a_stream_can_be_read_anywhere(store):
    store.put(named(LARGE), io.BytesIO(LARGE))
    with store.open(named(LARGE)) as stream:
        stream.seek(-7, io.SEEK_END)
        assert stream.read() == b"the end"
        stream.seek(0)
        assert stream.read(4) == LARGE[:4]


def test_a_stream_that_breaks_leaves_nothing(store):
    class Breaks(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises((ConnectionResetError, StoreUnavailable)):
        store.put(named(PICTURE), Breaks())
    assert not store.exists(named(PICTURE))


def test_many_put_the_same_picture_at_once(store):
    address, failed = named(PICTURE), []

    def put() -> None:
        try:
            store.put(address, io.BytesIO(PICTURE))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert kept(store, address) == PICTURE


@pytest.mark.parametrize(
    ("clinic", "sha256", "rendition"),
    [
        ("..", "a" * 64, "original"),
        ("a/b", "a" * 64, "original"),
        ("", "a" * 64, "original"),
        ("clinic", "A" * 64, "original"),
        ("clinic", "a" * 63, "original"),
        ("clinic", "../" + "a" * 61, "original"),
        ("clinic", "a" * 64, "../thumb"),
        ("clinic", "a" * 64 + "\n", "original"),
    ],
)
def test_no_address_leads_out_of_its_clinic(clinic, sha256, rendition):
    with pytest.raises(ValueError, match="no address"):
        Address(clinic, sha256, rendition)


# What only a folder can suffer.


def in_a_process(script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments], capture_output=True, check=False
    )


PUT = """
import hashlib, io, os, resource, signal, sys
from pathlib import Path
from uuid import uuid4
from photos.stores import Address, FolderStore, StoreFull
data = b"picture" * 100_000
store = FolderStore(Path(sys.argv[1]))
address = Address("clinic-a", hashlib.sha256(data).hexdigest())
"""


def test_a_crash_between_write_and_rename_leaves_no_picture_and_is_swept(tmp_path):
    crashed = in_a_process(
        PUT + "os.replace = lambda *paths: os._exit(9)\nstore.put(address, io.BytesIO(data))", str(tmp_path)
    )
    assert crashed.returncode == 9
    data = b"picture" * 100_000
    store = FolderStore(tmp_path)
    assert not store.exists(named(data))
    assert store.sweep() == 0
    assert store.sweep(older_than_s=-1) == 1
    store.put(named(data), io.BytesIO(data))
    assert kept(store, named(data)) == data


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    # The limit on a file's size is the one way to run out of room that needs no disk of our own.
    full = in_a_process(
        PUT
        + """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    store.put(address, io.BytesIO(data))
except StoreFull:
    os._exit(7)
""",
        str(tmp_path),
    )
    assert full.returncode == 7, full.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_picture_is_durable_before_it_can_be_seen(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor):
        steps.append("file" if os.path.isfile(f"/proc/self/fd/{descriptor}") else "folder")
        fsync(descriptor)

    def noted_replace(*paths):
        steps.append("rename")
        replace(*paths)

    store = FolderStore(tmp_path)
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    store.put(named(PICTURE), io.BytesIO(PICTURE))
    assert steps[0] == "file"
    assert steps[-2:] == ["rename", "folder"]
    assert steps.count("folder") == 5  # kept, clinic, ab, cd, and the one that got the file


def test_what_the_folder_keeps_nobody_else_on_the_machine_reads(tmp_path):
    store = FolderStore(tmp_path / "blobs")
    store.put(named(PICTURE), io.BytesIO(PICTURE))
    for path in (tmp_path / "blobs").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


# What only a service can suffer.


def test_a_service_that_is_gone_is_said(tmp_path):
    server = ObjectServer(tmp_path)
    store = S3Store(bucket_on(server, "gone"), "gone")
    store.put(named(PICTURE), io.BytesIO(PICTURE))
    server.close()
    for attempt in (
        lambda: store.put(named(PICTURE), io.BytesIO(PICTURE)),
        lambda: store.open(named(PICTURE)),
        lambda: store.exists(named(PICTURE)),
        lambda: store.delete(named(PICTURE)),
    ):
        with pytest.raises(StoreUnavailable):
            attempt()


def test_a_bucket_that_is_not_there_is_not_taken_for_an_empty_one(objects):
    store = S3Store(s3_client(objects.url, "us-east-1", "key", "secret"), "no-such-bucket")
    with pytest.raises(StoreUnavailable):
        store.put(named(PICTURE), io.BytesIO(PICTURE))


def test_large_pictures_travel_in_parts_with_checksums(objects):
    client = bucket_on(objects, "parts")
    sent = []
    client.meta.events.register(
        "before-send.s3", lambda request, **_: sent.append((request.url, dict(request.headers)))
    )
    S3Store(client, "parts", part_bytes=5 << 20).put(named(LARGE), io.BytesIO(LARGE))
    parts = [headers for url, headers in sent if "partNumber" in url]
    assert len(parts) == 3
    assert client.list_multipart_uploads(Bucket="parts").get("Uploads", []) == []
    checksum = client.head_object(Bucket="parts", Key=named(LARGE).key, ChecksumMode="ENABLED")
    assert "ChecksumSHA256" in checksum


def test_a_store_that_is_there_can_be_used(store: Store):
    store.check()


def test_a_store_that_is_not_there_says_so(objects: ObjectServer, tmp_path: Path):
    folder = FolderStore(tmp_path / "blobs")
    shutil.rmtree(tmp_path / "blobs")
    bucket = S3Store(s3_client(objects.url, "us-east-1", "key", "secret", timeout_s=10), "nobody-made-it")
    for store in (folder, bucket):
        with pytest.raises(StoreUnavailable):
            store.check()
