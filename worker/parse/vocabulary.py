"""What the elements of feeds are called, in every format and extension that is read, and what each stands for."""

from collections.abc import Mapping

XML = "http://www.w3.org/XML/1998/namespace"
BASE, LANGUAGE = f"{XML}}}base", f"{XML}}}lang"
ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

# Without scheme, "www." and what their writers end them with or not: no two differ in that alone.
_PREFIXES = {
    "": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "purl.org/rss/1.0": "",
    "purl.org/rss/1.0/modules/rss091": "",
    "purl.org/atom/ns": "",
    "w3.org/2005/atom": "",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/dc/terms": "dcterms:",
    "purl.org/rss/1.0/modules/content": "content:",
    "search.yahoo.com/mrss": "media:",
    "itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "w3.org/1999/xhtml": "xhtml:",
    "w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
    "sitemaps.org/schemas/sitemap/0.9": "",
    "google.com/schemas/sitemap/0.84": "",
    "google.com/schemas/sitemap-news/0.9": "news:",
    "google.com/schemas/sitemap-image/1.1": "image:",
}
_KNOWN_PREFIXES = frozenset(_PREFIXES.values())

# Keyed by prefix and name in lower case, as publishers do not agree on any other.
_ROLES = {
    "rss": "rss",
    "rdf:rdf": "rdf",
    "feed": "atom",
    "urlset": "sitemap",
    "channel": "channel",
    "item": "entry",
    "entry": "entry",
    "guid": "guid",
    "id": "guid",
    "link": "link",
    "enclosure": "enclosure",
    "title": "title",
    "dc:title": "title",
    "media:title": "media title",
    "description": "summary",
    "dc:description": "summary",
    "summary": "plain summary",
    "itunes:summary": "plain summary",
    "abstract": "plain summary",
    "content": "content",
    "content:encoded": "html content",
    "fullitem": "html content",
    "body": "html content",
    "xhtml:body": "html content",
    "media:description": "caption",
    "author": "author",
    "managingeditor": "author",
    "dc:creator": "author",
    "dc:author": "author",
    "itunes:author": "author",
    "name": "name",
    "itunes:name": "name",
    "email": "email",
    "itunes:email": "email",
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "dcterms:issued": "published",
    "created": "created",
    "dcterms:created": "created",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dc:date": "updated",
    "dcterms:modified": "updated",
    "language": "language",
    "dc:language": "language",
    "category": "tag",
    "keywords": "tag",
    "dc:subject": "tag",
    "media:category": "tag",
    "itunes:category": "tag",
    "media:keywords": "tags",
    "itunes:keywords": "tags",
    "media:group": "media group",
    "media:content": "media",
    "media:thumbnail": "thumbnail",
    "itunes:image": "image",
    "itunes:link": "image",
    "url": "page",
    "loc": "loc",
    "lastmod": "lastmod",
    "news:news": "news",
    "news:publication": "publication",
    "news:name": "news name",
    "news:language": "news language",
    "news:publication_date": "news date",
    "news:title": "news title",
    "news:keywords": "tags",
    "image:image": "sitemap image",
    "image:loc": "image loc",
}


class Roles(dict[str, str]):
    """The role of each name in one document, worked out on first sight; nothing for those that have none here.

    ``declared`` has each namespace of the document with the prefix it was given.
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        super().__init__()
        self._declared = declared

    def __missing__(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        role = self[name] = _ROLES.get(self._prefix(namespace) + local.lower(), "")
        return role

    def _prefix(self, namespace: str) -> str:
        known = _PREFIXES.get(_bare(namespace))
        if known is not None:
            return known
        # A namespace misspelt, under the prefix that everybody gives the right one; or a default one of its own.
        given = self._declared.get(namespace, "").lower()
        return f"{given}:" if f"{given}:" in _KNOWN_PREFIXES else "" if not given else "unknown:"


def _bare(namespace: str) -> str:
    host_and_path = namespace.lower().partition("://")[2] or namespace.lower()
    return host_and_path.removeprefix("www.").rstrip("/#")
