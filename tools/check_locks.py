"""Fails when a committed lock file names a host: packages must come from whatever the installer uses."""

import re
import subprocess
import sys
from pathlib import Path

ADDRESS = re.compile(r"https?://|^--(?:extra-)?index-url|^--find-links", re.MULTILINE)
# npm records the address of a package's sponsors; nothing is fetched from there.
SPONSOR = re.compile(r'"funding": (?:"[^"]*"|\{[^{}]*\}|\[[^\[\]]*\])')


def main() -> int:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    locks = [name for name in tracked if re.search(r"(?:package-lock\.json|requirements.*\.txt)$", name)]
    faults = []
    for name in locks:
        text = SPONSOR.sub("", Path(name).read_text())
        faults += [f"{name}: {match.group()}" for match in ADDRESS.finditer(text)]
    print("\n".join(faults) or f"lock files: {len(locks)} name no host")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
