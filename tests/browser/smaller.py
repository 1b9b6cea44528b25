"""python tests/browser/smaller.py FOLDER: reduce the colours of pictures so that they stay small."""

import sys
from pathlib import Path

from PIL import Image

COLOURS = 128

for path in sorted(Path(sys.argv[1]).glob("*.png")):
    before = path.stat().st_size
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path}: {before // 1024} KB, now {path.stat().st_size // 1024} KB")
