"""Makes a wheel of muster-client with the standard library alone: build_wheel.py <folder>."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
#: The earliest moment that a zip can name: the same sources give the same wheel.
EPOCH = (1980, 1, 1, 0, 0, 0)


def build(folder: Path) -> Path:
    """Writes the wheel into the folder, and gives its path."""
    project = (HERE / "pyproject.toml").read_text("utf-8")

    def told(name: str) -> str:
        found = re.search(rf'^{name} = "([^"]+)"$', project, re.MULTILINE)
        if found is None:
            raise ValueError(f"pyproject.toml has no {name}")
        return found[1]

    name, version = told("name").replace("-", "_"), told("version")
    info = f"{name}-{version}.dist-info"
    metadata = (
        f"Metadata-Version: 2.1\nName: {told('name')}\nVersion: {version}\nSummary: {told('description')}\n"
        f"Requires-Python: {told('requires-python')}\nDescription-Content-Type: text/markdown\n\n"
        + (HERE / "README.md").read_text("utf-8")
    )
    package = sorted(path for path in (HERE / "src" / name).iterdir() if path.suffix == ".py" or path.name == "py.typed")
    files = {f"{name}/{path.name}": path.read_bytes() for path in package}
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: build_wheel.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/licenses/LICENSE"] = (HERE / "LICENSE").read_bytes()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), data, zipfile.ZIP_DEFLATED)
    return wheel


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say into which folder: build_wheel.py <folder>")
    print(build(Path(sys.argv[1])))
