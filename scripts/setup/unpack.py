"""Unpacks the named parts of a wheel: python unpack.py WHEEL FOLDER PREFIX..."""

import pathlib
import shutil
import sys
import zipfile

wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        name = next((member.filename[len("tensorflow/") :] for p in prefixes if member.filename.startswith(p)), None)
        if name is None or member.is_dir():
            continue
        target = pathlib.Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
