"""A day's pictures need no more memory than a few: nothing of them is kept behind."""

import subprocess
import sys
from pathlib import Path

from tests.photos.pictures import encoded, scene

# Prints the process's peak of memory (KiB) after the warm-up and at the end.
TAKE_IN = """
import hashlib, io, re, sys
from pathlib import Path
from photos.ingest import check
from photos.renditions import RENDITIONS, render
from photos.stores import Address, FolderStore

def peak_kib():  # what getrusage tells is inherited from the process that started this one
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

store = FolderStore(Path(sys.argv[2]))
data = Path(sys.argv[1]).read_bytes()
sha256 = hashlib.sha256(data).hexdigest()
for number in range(int(sys.argv[3])):
    with open(sys.argv[1], "rb") as original:
        check(original, sha256, len(data))
        original.seek(0)
        store.put(Address("clinic-a", sha256), original)
    for name in RENDITIONS:
        with store.open(Address("clinic-a", sha256)) as kept:
            store.put(Address("clinic-a", sha256, name), io.BytesIO(render(kept, name)))
    if number == 2:
        print(peak_kib())
print(peak_kib())
"""


def peaks_kib(folder: Path, count: int) -> tuple[int, int]:
    original = folder / "original"
    original.write_bytes(encoded(scene(4032, 3024), quality=92))
    out = subprocess.run(
        [sys.executable, "-c", TAKE_IN, str(original), str(folder / "store"), str(count)],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    early, late = map(int, out.split())
    return early, late


def test_memory_is_flat_over_pictures_of_twelve_megapixels(tmp_path):
    early, late = peaks_kib(tmp_path, 12)
    assert late - early < 8 << 10
    assert late < 200 << 10
