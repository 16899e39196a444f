"""Which site vouches for a document: the one that serves it, unless anybody may publish on that host.

Where tenants have names of their own (``someone.github.io``) the Public Suffix List keeps them apart. It does not know
the hosts on which *paths* are tenants. A tenant writes what such a host serves, so the host vouches for no page and no
newsroom's item: else one tenant could rewrite what another one publishes by naming it. The table leaves out hosts that
write their tenants' documents themselves (``medium.com/feed/@someone``): nobody can name a foreign page there.
"""

import re
from functools import lru_cache

from worker.basics.domains import is_public_suffix
from worker.basics.urls import host_key, site

_SHARED = frozenset(
    # They fetch, filter or make feeds for anybody, and serve them under their own name.
    "feedburner.com feedproxy.google.com feedblitz.com feedpress.me feed.press rapidfeeds.com rss.app fetchrss.com "
    "politepol.com politepaul.com morss.it rsshub.app rss-bridge.org openrss.org kill-the-newsletter.com feed43.com "
    "feedity.com fivefilters.org fivefilters.net siftrss.com rssmix.com pipes.digital zapier.com inoreader.com "
    # Podcast hosts: the maker of each show writes its links.
    "anchor.fm megaphone.fm simplecast.com buzzsprout.com acast.com transistor.fm captivate.fm soundcloud.com "
    "libsyn.com omnycontent.com omny.fm audioboom.com spreaker.com podbean.com art19.com blubrry.com fireside.fm "
    "feed.podbean.com feeds.libsyn.com pinecast.com redcircle.com rss.com ivoox.com podigee.io "
    # Code hosts, and networks that deliver their files: anybody can have a repository.
    "github.com raw.githubusercontent.com gist.githubusercontent.com objects.githubusercontent.com githack.com "
    "rawgit.com jsdelivr.net unpkg.com statically.io gitlab.com bitbucket.org codeberg.org sourceforge.net "
    "sourceforge.io sr.ht gitea.com gitee.com notabug.org launchpad.net salsa.debian.org framagit.org huggingface.co "
    # Object stores: the bucket is the first part of the path. (Those of S3 are public suffixes.)
    "storage.googleapis.com storage.cloud.google.com commondatastorage.googleapis.com firebasestorage.googleapis.com "
    "backblazeb2.com wasabisys.com aliyuncs.com myqcloud.com oraclecloud.com bunnycdn.com b-cdn.net cloudinary.com "
    "ipfs.io pinata.cloud arweave.net "
    # File shares and archives: they serve what anybody put there, or what others published.
    "dropbox.com dropboxusercontent.com drive.google.com docs.google.com sites.google.com script.google.com "
    "groups.google.com googleusercontent.com onedrive.live.com sharepoint.com box.com mediafire.com mega.nz "
    "disk.yandex.ru archive.org archive.today archive.ph archive.is perma.cc arquivo.pt transfer.sh catbox.moe "
    "gofile.io pixeldrain.com wetransfer.com discordapp.com "
    # Paste bins, for text and for JSON.
    "pastebin.com paste.ee dpaste.com dpaste.org hastebin.com rentry.co rentry.org 0x0.st termbin.com ix.io bpa.st "
    "controlc.com justpaste.it telegra.ph jsonbin.io jsonblob.com npoint.io mocky.io "
    # Homes of many people.
    "tilde.club tilde.town sdf.org angelfire.com tripod.com geocities.ws".split()
)
"""Names of hosts on which paths are tenants; each covers the hosts below it that are not sites of their own."""

# A person's home on the host of a university or a provider.
_HOME = re.compile(r"[a-z]+://[^/]+/(?:~|%7e)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def publisher_of(url: str) -> str | None:
    """Return the site that vouches for what a URL served; None where anybody may have written it."""
    serving = site(url)
    if serving is None or _HOME.match(url):
        return None
    host = host_key(url).rpartition(":")[0]
    return None if is_public_suffix(host) or _is_shared(host, serving) else serving


def _is_shared(host: str, serving: str) -> bool:
    """Return whether a host, or one above it up to its site, is in the table."""
    while host and host not in _SHARED and host != serving:
        host = host.partition(".")[2]
    return host in _SHARED
