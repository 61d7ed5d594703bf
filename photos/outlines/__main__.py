import sys
from pathlib import Path

from photos.outlines import write

write(Path(sys.argv[1] if len(sys.argv) > 1 else "pwa/static/outlines"))
