"""Archives for tests: a zip and a tar of some members."""

import io
import tarfile
import zipfile
from collections.abc import Mapping


def zipped(
    members: Mapping[str, bytes | str],
    method: int = zipfile.ZIP_DEFLATED,
    modified: tuple[int, int, int, int, int, int] | None = None,
) -> bytes:
    """Return a zip of members by name, written to at the time of a clock on the wall, or now."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name, modified) if modified else name, body)
    return packed.getvalue()


def tarred(
    members: Mapping[str, bytes | str], mode: str = "w:gz", modified: int = 0, links: tuple[str, ...] = ()
) -> bytes:
    """Return a tar of members by name, packed by gzip unless the mode says otherwise, with links to /etc/passwd."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a choice
        for name, body in members.items():
            content = body.encode() if isinstance(body, str) else body
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), modified
            archive.addfile(member, io.BytesIO(content))
        for name in links:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
    return packed.getvalue()
