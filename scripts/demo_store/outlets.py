"""The invented publishers of the demo store, and what is peculiar about each."""

from dataclasses import dataclass
from enum import StrEnum


class Trait(StrEnum):
    """What is peculiar about a feed."""

    PLAIN = "plain"
    WIRE = "an agency: notices, copied by others"
    SILENT = "falls silent"
    SPAMMY = "floods"
    GAPPED = "bursts beyond its document, with archives"
    CUT = "texts end early from some day on"
    UNDATED = "no dates"
    PODCAST = "episodes"
    HOSTILE = "hostile fragments"
    GONE = "answers 410"
    DEAD = "answers 404"
    MOVED = "is redirected for good"
    NEW = "was added yesterday"
    SLOW = "is slow, and sometimes too slow"
    REFUSED = "is refused (429)"
    UNRESOLVED = "its name is not found"
    UNTRUSTED = "its certificate has expired"
    WALLED = "a page instead of a feed"
    FLAKY = "fails now and then (502)"
    PAUSED = "was paused by its operator"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One feed: its name, where it is, in which language and format, how much it publishes a day, and its trait."""

    name: str
    url: str
    language: str
    a_day: float
    tags: tuple[str, ...]
    trait: Trait = Trait.PLAIN
    format: str = "rss"
    copies: bool = False
    """Whether it takes the agency's copy."""

    @property
    def site(self) -> str:
        """The address of its site."""
        return "/".join(self.url.split("/")[:3])


OUTLETS = (
    Outlet("Kestrel Wire", "https://wire.kestrel.example/copy.json", "en", 9, ("Agencies",), Trait.WIRE, "ninjs"),
    Outlet("The Eastmere Courier", "https://eastmere-courier.example/rss", "en", 6, ("World", "Dailies"), copies=True),
    Outlet(
        "Northgate Daily",
        "https://northgate.example/feeds/all",
        "en",
        5,
        ("World", "Dailies"),
        format="atom",
        copies=True,
    ),
    Outlet("Marlow Bay Herald", "https://herald.marlowbay.example/feed", "en", 4, ("Regional", "Dailies"), copies=True),
    Outlet("Ashby Observer", "https://ashby-observer.example/index.xml", "en", 3, ("Regional",), copies=True),
    Outlet(
        "The Ledger & Quay",
        "https://ledgerquay.example/markets.atom",
        "en",
        4,
        ("Business",),
        format="atom",
        copies=True,
    ),
    Outlet("Alder Weather Desk", "https://weather.alder.example/feed.json", "en", 3, ("Weather",), format="json"),
    Outlet("Tideline Science", "https://tideline.example/science/feed", "en", 1.2, ("Science",), format="atom"),
    Outlet("Southbank Review", "https://southbank-review.example/atom.xml", "en", 1.5, ("Culture",), format="atom"),
    Outlet(
        "The Long Table", "https://longtable.example/podcast.xml", "en", 0.6, ("Podcasts", "Culture"), Trait.PODCAST
    ),
    Outlet("Westmoor Sport", "https://sport.westmoor.example/rss.xml", "en", 7, ("Sport",), Trait.GAPPED),
    Outlet(
        "Copperfield Gazette",
        "https://copperfield-gazette.example/feed",
        "en",
        3.5,
        ("Regional",),
        Trait.CUT,
        copies=True,
    ),
    Outlet("Thornhill Today", "https://thornhill.example/today.rss", "en", 2.5, ("Regional",), Trait.SPAMMY),
    Outlet(
        "Calder Valley Echo", "https://caldervalley.example/echo.xml", "en", 5, ("Regional",), Trait.SILENT, copies=True
    ),
    Outlet("Fenwick Parish Notes", "https://fenwick-parish.example/notes.rss", "en", 1.5, ("Regional",), Trait.UNDATED),
    Outlet(
        "Quarry Street Journal", "https://quarrystreet.example/journal", "en", 3, ("Business",), Trait.SLOW, copies=True
    ),
    Outlet("Penhallow Press", "http://penhallow.example/press.xml", "en", 2, ("Regional",), Trait.MOVED),
    Outlet("Redcliffe Times", "https://redcliffe-times.example/rss", "en", 2, ("Dailies",), Trait.DEAD),
    Outlet("Old Mill Chronicle", "https://oldmill.example/chronicle.rss", "en", 2, ("Regional",), Trait.GONE),
    Outlet("Granary Lane", "https://granarylane.example/blog/feed", "en", 0.8, ("Blogs",), Trait.NEW),
    Outlet("The Fragment Mill", "https://fragments.example/feed.xml", "en", 1.5, ("Tests",), Trait.HOSTILE),
    Outlet("Lantern: World", "https://feeds.lantern.example/world", "en", 3, ("World",), Trait.REFUSED),
    Outlet("Lantern: Business", "https://feeds.lantern.example/business", "en", 2, ("Business",), Trait.REFUSED),
    Outlet("Lantern: Science", "https://feeds.lantern.example/science", "en", 1, ("Science",), Trait.REFUSED),
    Outlet("Lantern: Culture", "https://feeds.lantern.example/culture", "en", 1, ("Culture",), Trait.REFUSED),
    Outlet("Dunmore Dispatch", "https://dunmore-dispatch.example/feed", "en", 2, ("Regional",), Trait.UNRESOLVED),
    Outlet("Brookside Bulletin", "https://brookside.example/bulletin.rss", "en", 2, ("Regional",), Trait.UNTRUSTED),
    Outlet("Elmtree Post", "https://elmtree-post.example/rss", "en", 2, ("Dailies",), Trait.WALLED),
    Outlet("Saltwick Signal", "https://saltwick.example/signal.xml", "en", 3, ("Regional",), Trait.FLAKY, copies=True),
    Outlet("Vellum Weekly", "https://vellum.example/weekly", "en", 1, ("Culture",), Trait.PAUSED),
    Outlet("Der Hafenbote", "https://hafenbote.example/nachrichten.rss", "de", 4, ("Europe", "Dailies")),
    Outlet("Allerwind", "https://allerwind.example/feed/atom", "de", 2, ("Europe",), format="atom"),
    Outlet("Le Quai du Matin", "https://quaidumatin.example/une.xml", "fr", 3.5, ("Europe", "Dailies")),
    Outlet("L’Écho des Monts", "https://echo-monts.example/flux", "fr", 1.5, ("Europe",), format="atom"),
    Outlet("El Faro de Lindes", "https://farodelindes.example/portada", "es", 3, ("Europe",)),
    Outlet("Jornal da Ribeira", "https://jornaldaribeira.example/rss", "pt", 2, ("Europe",)),
    Outlet("Вестник Залива", "https://vestnik-zaliva.example/rss.xml", "ru", 2.5, ("Europe",)),
    Outlet("صحيفة الميناء", "https://almina.example/rss", "ar", 3, ("Middle East",)),
    Outlet("أخبار الواحة", "https://alwaha.example/feed.json", "ar", 1.5, ("Middle East",), format="json"),
    Outlet("קול הנמל", "https://kolhanamal.example/rss", "he", 2, ("Middle East",)),
    Outlet("海湾日报", "https://haiwan.example/rss.xml", "zh", 3, ("Asia",)),
    Outlet("港町新聞", "https://minatomachi.example/index.rdf", "ja", 2.5, ("Asia",)),
    Outlet("한강포 아침", "https://hangangpo.example/rss", "ko", 2, ("Asia",)),
)
