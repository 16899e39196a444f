"""The names of elements in feeds, in every format and extension that is read, and the role each of them has."""

from collections.abc import Mapping

XML = "http://www.w3.org/XML/1998/namespace"
BASE, LANGUAGE = f"{XML}}}base", f"{XML}}}lang"
ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

# By the prefix they get here. Scheme, "www." and final slash are left out: publishers disagree on them.
_NAMESPACES = {
    "": "backend.userland.com/rss backend.userland.com/rss2 blogs.law.harvard.edu/tech/rss purl.org/rss/1.0 "
    "purl.org/rss/1.0/modules/rss091 purl.org/atom/ns w3.org/2005/atom sitemaps.org/schemas/sitemap/0.9 "
    "google.com/schemas/sitemap/0.84",
    "dc:": "purl.org/dc/elements/1.1",
    "dcterms:": "purl.org/dc/terms",
    "content:": "purl.org/rss/1.0/modules/content",
    "media:": "search.yahoo.com/mrss",
    "itunes:": "itunes.com/dtds/podcast-1.0.dtd",
    "podcast:": "podcastindex.org/namespace/1.0 github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    "xhtml:": "w3.org/1999/xhtml",
    "rdf:": "w3.org/1999/02/22-rdf-syntax-ns",
    "feedburner:": "rssnamespace.org/feedburner/ext/1.0",
    "pheedo:": "pheedo.com/namespace/pheedo",
    "news:": "google.com/schemas/sitemap-news/0.9",
    "fh:": "purl.org/syndication/history/1.0",
    "nitf:": "iptc.org/std/nitf/2006-10-18 iptc.org/nitf",
    "apcm:": "ap.org/schemas/03/2005/apcm",
    "apnm:": "ap.org/schemas/03/2005/apnm",
    "wp:": "wordpress.org/export/1.0 wordpress.org/export/1.1 wordpress.org/export/1.2",
    "excerpt:": "wordpress.org/export/1.0/excerpt wordpress.org/export/1.1/excerpt wordpress.org/export/1.2/excerpt",
    "image:": "google.com/schemas/sitemap-image/1.1",
}
_PREFIXES = {namespace: prefix for prefix, spelt in _NAMESPACES.items() for namespace in spelt.split()} | {"": ""}

USUAL_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "georss": "http://www.georss.org/georss",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "wp": "http://wordpress.org/export/1.2/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
"""What a prefix means that a document uses without declaring it."""

# In lower case, for publishers do not agree on capitals.
_NAMES = {
    "rss": "rss",
    "rdf": "rdf:rdf",
    "atom": "feed",
    "sitemap": "urlset",
    "channel": "channel",
    "entry": "item entry",
    "guid": "guid id",
    "link": "link",
    "original link": "feedburner:origlink pheedo:origlink",
    "original enclosure": "feedburner:origenclosurelink",
    "title": "title dc:title",
    "episode title": "itunes:title",
    "media title": "media:title",
    "summary": "description dc:description",
    "plain summary": "summary itunes:summary abstract",
    "subtitle": "itunes:subtitle",
    "content": "content",
    "html content": "content:encoded fullitem body xhtml:body",
    "caption": "media:description",
    "author": "author managingeditor dc:creator dc:author",
    "artist": "itunes:author",
    "source": "source",
    "name": "name itunes:name",
    "email": "email itunes:email",
    "published": "pubdate published issued dcterms:issued",
    "created": "created dcterms:created",
    "updated": "updated modified lastbuilddate dc:date dcterms:modified",
    "language": "language dc:language",
    "tag": "category keywords dc:subject media:category itunes:category",
    "tags": "media:keywords itunes:keywords news:keywords",
    "enclosure": "enclosure",
    "media group": "media:group",
    "media": "media:content",
    "thumbnail": "media:thumbnail",
    "image": "itunes:image itunes:link podcast:image",
    "plain image": "image thumbnail post-thumbnail",
    "podcast": "itunes:duration itunes:season itunes:episode itunes:episodetype itunes:explicit podcast:season "
    "podcast:episode podcast:chapters podcast:transcript podcast:alternateenclosure podcast:person podcast:soundbite "
    "podcast:location",
    "complete": "fh:complete",
    "page": "url",
    "loc": "loc",
    "lastmod": "lastmod",
    "news": "news:news",
    "publication": "news:publication",
    "news name": "news:name",
    "news language": "news:language",
    "news date": "news:publication_date",
    "news title": "news:title",
    "sitemap image": "image:image",
    "image loc": "image:loc",
    "nitf": "nitf nitf:nitf",
    "ap metadata": "apcm:contentmetadata",
    "ap management": "apnm:newsmanagement",
    "wxr version": "wp:wxr_version",
    "site url": "wp:base_site_url",
    "blog url": "wp:base_blog_url",
    "export author": "wp:author",
    "login": "wp:author_login",
    "display name": "wp:author_display_name",
    "first name": "wp:author_first_name",
    "last name": "wp:author_last_name",
    "post id": "wp:post_id",
    "post type": "wp:post_type",
    "post status": "wp:status",
    "post password": "wp:post_password",
    "post date": "wp:post_date",
    "post date gmt": "wp:post_date_gmt",
    "modified": "wp:post_modified",
    "modified gmt": "wp:post_modified_gmt",
    "attachment url": "wp:attachment_url",
    "post meta": "wp:postmeta",
    "meta key": "wp:meta_key",
    "meta value": "wp:meta_value",
    "excerpt": "excerpt:encoded",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}


def role_as_written(name: str) -> str:
    """Return the role of an element by its name in lower case, whatever its prefix is declared to be; "" for none."""
    prefix, _, local = name.rpartition(":")
    return _ROLES.get(local if prefix in {"atom", "rss"} else name, "")


def is_known_namespace(namespace: str) -> bool:
    """Say whether elements of a namespace mean the same whatever prefix it is given anywhere in a document."""
    return _known_prefix(namespace) is not None


def _known_prefix(namespace: str) -> str | None:
    """Return the prefix that a namespace has here; None for one that is not known."""
    lower = namespace.lower()
    return _PREFIXES.get((lower.partition("://")[2] or lower).removeprefix("www.").rstrip("/#"))


class Roles(dict[str, str]):
    """The role of each element name in one document, worked out when a name is first looked up; "" for no role.

    ``declared`` maps each namespace of the document to the prefix that the document gives it.
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        super().__init__()
        self._declared = declared

    def __missing__(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        role = self[name] = _ROLES.get(self._prefix(namespace) + local.lower(), "")
        return role

    def _prefix(self, namespace: str) -> str:
        known = _known_prefix(namespace)
        if known is not None:
            return known
        # A misspelt namespace under the usual prefix, or a format's own default namespace.
        given = self._declared.get(namespace, "").lower()
        return f"{given}:" if f"{given}:" in _NAMESPACES else "unknown:" if given else ""
