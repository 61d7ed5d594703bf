"""Fails when a document links to a file or a heading that is not there."""

import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The addresses of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> list[str]:
    faults = []
    for link in LINK.findall(CODE.sub("", document.read_text())):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            faults.append(f"{document}: {link}")
    return faults


def main() -> int:
    tracked = subprocess.run(["git", "ls-files", "*.md"], capture_output=True, text=True, check=True)
    documents = [Path(name) for name in tracked.stdout.split("\n") if name]
    faults = [fault for document in documents for fault in broken_links(document)]
    print("\n".join(faults) or f"documents: the links of {len(documents)} resolve")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
