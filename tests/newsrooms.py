"""Newsroom documents for tests, as small as they can be: ninjs, a NewsML-G2 item, NITF."""

from typing import Any

import orjson


def ninjs(**fields: Any) -> bytes:
    return orjson.dumps({"uri": "urn:x:1", "versioncreated": "2026-07-10T08:00:00Z", "headline": "Rain"} | fields)


def news_item(meta: str = "", content: str = "<headline>Rain</headline>", body: str = "") -> bytes:
    return (
        f'<newsItem guid="urn:x:1"><itemMeta>{meta}</itemMeta><contentMeta>{content}</contentMeta>'
        f"<contentSet>{body}</contentSet></newsItem>"
    ).encode()


def nitf(head: str = "", docdata: str = "", content: str = "<p>Rain.</p>", **attributes: str) -> bytes:
    status = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return (
        f"<nitf><head><docdata{status}>{docdata}</docdata></head><body><body.head>{head}</body.head>"
        f"<body.content>{content}</body.content></body></nitf>"
    ).encode()
