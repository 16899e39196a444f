"""The news agencies: one name for each, whatever datelines, bylines, sign-offs and newsroom documents call it.

A dispatch of ``AP`` may be killed in the name of ``The Associated Press``.
"""

import re

from worker.basics.text import fold, spell_bare

_SPELLINGS = {
    # The world
    "AFP": "Agence France-Presse | Agence France Presse | France-Presse | أ ف ب | أ.ف.ب | АФП",
    "AP": "A.P. | Associated Press | The Associated Press | AP News | APNews | Associated Press News | ap.org",
    "Bloomberg": "Bloomberg News",
    "Dow Jones": "Dow Jones Newswires | DowJones | Dow Jones News | Dow Jones & Company",
    "Reuters": "Thomson Reuters | Reuters News | Reuters.com | ロイター | 路透社 | رويترز | Рейтер",
    "UPI": "U.P.I. | United Press International",
    # Europe
    "Adnkronos": "ADN Kronos",
    "AFXNews": "AFX News",
    "AGI": "Agenzia Italia | Agenzia Giornalistica Italia",
    "ANA-MPE": "ANA | ANA-MPA | ΑΠΕ-ΜΠΕ | ΑΠΕ | Athens News Agency | Athens-Macedonian News Agency",
    "ANP": "Algemeen Nederlands Persbureau",
    "ANSA": "Agenzia ANSA | Agenzia Nazionale Stampa Associata",
    "APA": "Austria Presse Agentur | Austria Press Agency | APA-OTS",
    "ATA": "ATSH | Albanian Telegraphic Agency",
    "Belga": "Agence Belga | Belga News Agency",
    "BNS": "Baltic News Service",
    "BTA": "Bulgarian News Agency | БТА",
    "ČTK": "CTK | Česká tisková kancelář | Czech News Agency",
    "dpa": "Deutsche Presse-Agentur | Deutsche Presse Agentur | German Press Agency | د ب أ | د.ب.أ",
    "dpa-AFX": "dpa AFX",
    "DW": "Deutsche Welle",
    "EFE": "Agencia EFE",
    "epd": "Evangelischer Pressedienst",
    "Europa Press": "EuropaPress",
    "Fides": "Agenzia Fides",
    "Keystone-SDA": "SDA | ATS | Keystone-ATS | Schweizerische Depeschenagentur | Agence télégraphique suisse",
    "KNA": "Katholische Nachrichten-Agentur",
    "LETA": "Latvijas Telegrāfa aģentūra",
    "Lusa": "Agência Lusa | Lusa News Agency",
    "MTI": "Magyar Távirati Iroda",
    "NTB": "Norsk Telegrambyrå",
    "PA": "PA Media | Press Association | The Press Association | PA News | PA Sport",
    "PAP": "Polska Agencja Prasowa | Polish Press Agency",
    "Ritzau": "Ritzaus Bureau",
    "SID": "Sport-Informations-Dienst",
    "STA": "Slovenian Press Agency | Slovenska tiskovna agencija",
    "STT": "STT-Lehtikuva | Suomen Tietotoimisto",
    "TASR": "Tlačová agentúra Slovenskej republiky",
    "TT": "Tidningarnas Telegrambyrå | TT News Agency",
    # Russia and around it
    "Armenpress": "Арменпресс",
    "Azertac": "AZERTAG | АЗЕРТАДЖ",
    "BelTA": "БелТА",
    "Interfax": "Interfax.com | Interfax.ru | Интерфакс",
    "Interfax-Ukraine": "Интерфакс-Украина | Інтерфакс-Україна",
    "Kazinform": "Казинформ",
    "RFE/RL": "Radio Free Europe | Radio Free Europe/Radio Liberty",
    "RIA Novosti": "RIA | RIA-Novosti | РИА | РИА Новости",
    "Sputnik": "Sputnik News",
    "TASS": "ITAR-TASS | TASS News Agency | Russian News Agency TASS | тасс | итар-тасс",
    "Ukrinform": "укринформ | укрінформ",
    "UNIAN": "униан | уніан",
    "UNN": "унн",
    "UzA": "УзА",
    # The Near East and Africa
    "Anadolu": "AA | Anadolu Agency | Anadolu Ajansı | Anadolu News Agency",
    "AMI": "Agence mauritanienne d'information",
    "ANGOP": "Agência Angola Press",
    "BNA": "Bahrain News Agency",
    "DHA": "Demirören Haber Ajansı",
    "ENA": "Ethiopian News Agency",
    "Fars": "Fars News | Fars News Agency",
    "GNA": "Ghana News Agency",
    "İHA": "IHA | İhlas Haber Ajansı",
    "INA": "Iraqi News Agency",
    "IRIB": "IRIBNews",
    "IRNA": "Islamic Republic News Agency",
    "KUNA": "Kuwait News Agency | كونا",
    "MAP": "Maghreb Arabe Presse",
    "Mehr": "MNA | Mehr News | Mehr News Agency",
    "MENA": "Middle East News Agency | أ ش أ | أ.ش.أ",
    "NAN": "News Agency of Nigeria",
    "NNA": "National News Agency",
    "ONA": "Oman News Agency",
    "Petra": "بترا",
    "QNA": "Qatar News Agency | قنا",
    "Saba": "سبأ",
    "SANA": "Syrian Arab News Agency | سانا",
    "SAPA": "South African Press Association",
    "SPA": "Saudi Press Agency | واس",
    "TAP": "Tunis Afrique Presse",
    "Tasnim": "Tasnim News | Tasnim News Agency",
    "WAFA": "وفا",
    "WAM": "Emirates News Agency | وام",
    # Asia and the Pacific
    "AAP": "Australian Associated Press",
    "AKP": "Agence Kampuchea Presse",
    "ANI": "ANINews | ANI News | Asian News International | एएनआई",
    "Antara": "Antara News",
    "Bernama": "Bernama News",
    "BSS": "Bangladesh Sangbad Sangstha",
    "APP": "Associated Press of Pakistan",
    "China News Service": "中新社 | 中新网 | 中国新闻社",
    "CNA": "Central News Agency | 中央社",
    "IANS": "Indo-Asian News Service | Indo Asian News Service | आईएएनएस",
    "Jiji": "Jiji Press | 時事 | 時事通信",
    "KCNA": "Korean Central News Agency",
    "KPL": "Lao News Agency",
    "Kyodo": "Kyodo News | Kyodo News Service | 共同 | 共同通信",
    "Montsame": "Mongolian National News Agency",
    "News1": "뉴스1",
    "Newsis": "뉴시스",
    "NZPA": "New Zealand Press Association",
    "Pajhwok": "Pajhwok Afghan News",
    "People's Daily Online": "人民网",
    "PNA": "Philippine News Agency",
    "PTI": "Press Trust of India | The Press Trust of India | PTI-Bhasha | भाषा",
    "TNA": "Thai News Agency",
    "UNB": "United News of Bangladesh",
    "UNI": "United News of India | वार्ता | बार्ता",
    "VNA": "Vietnam News Agency | TTXVN | VietnamPlus",
    "Xinhua": "Xinhua News Agency | Xinhuanet | Xinhua News | 新华社 | 新華社",
    "Yonhap": "Yonhap News | Yonhap News Agency | 연합뉴스 | 聯合",
    # The Americas
    "Agência Estado": "AE | Estadão Conteúdo",
    "CP": "Canadian Press | The Canadian Press | La Presse Canadienne | Presse Canadienne",
    "Télam": "Telam",
    "VOA": "Voice of America",
    # No one place
    "Inter Press Service": "IPS",
    "BusinessDesk": "Business Desk",
    "Business Wire": "BusinessWire",
    "GlobeNewswire": "Globe Newswire",
    "PR Newswire": "PRNewswire",
    "BBC": "BBC News",
    "UN News": (
        "UN News Centre | UN News Service | United Nations News | ONU Info | ONU Infos | Noticias ONU | ONU News | "
        "новости оон | أخبار الأمم المتحدة | 联合国新闻"
    ),
    "Zuma": "ZUMA Press",
}
"""Agencies by their one name, with other spellings; capitals make no difference, nor does what separates words."""
_ONE_SPELLING = (
    "ACA|ADN|AGA|Agerpres|AKI|AKIpress|ANDINA|APN|APS|Askanews|ATN|AVN|Axios|Beta|BOPA|CNN|CNS|Colpisa|Elta|Fena|Hina|"
    "IFP|ISNA|Italpress|KAP|KBS|LaPresse|MIA|MTVNews|OTS|Politico|PPI|Prensa Latina|Pressenza|PTV|Rudaw|RÚV|Servimedia|"
    "Shina|SITA|SLNA|SNA|SRNA|SUNA|Tanjug|TOLOnews|Trend|TTS"
).split("|")
_NAMES = dict(zip(_ONE_SPELLING, _ONE_SPELLING, strict=True)) | {
    spelling.strip(" ."): name for name, others in _SPELLINGS.items() for spelling in (name, *others.split("|"))
}
# dpa/bb is dpa's desk for Berlin; tca/dpa is what dpa distributes for a partner.
_DESK = re.compile(r"(?<=\w)/[a-z]{2,4}$")
_PARTNER = re.compile(r"^[a-z]{2,4}/(?=\w)")
# www.itar-tass.com, ntb.no; GlobeNewswire, Inc.
_DOMAIN = re.compile(r"(?:www\.)?([\w-]{2,30})\.[a-z]{2,4}")
_COMPANY = re.compile(r"(.{2,60}?),? (?:GmbH|Inc|Ltd|LLC|AB|AS|A/S|Oy|S\.?A)\.?")
_WITH_ABBREVIATION = re.compile(r"([^()]+)\(([^()]+)\)\s*")


def agency_name(written: str) -> str:
    """Return the one name of an agency; of an unknown one what was written, its white space folded."""
    written = fold(written)
    bracketed = _WITH_ABBREVIATION.fullmatch(written)
    formal = _DOMAIN.fullmatch(written) or _COMPANY.fullmatch(written)
    spellings = (
        written,
        without_desk(written),
        *(found[1] for found in (formal,) if found),
        *(bracketed.groups() if bracketed else ()),
    )
    return next(filter(None, (_NAMES_BARE.get(_spell_bare(spelling)) for spelling in spellings)), written)


def is_agency(name: str) -> bool:
    """Say whether a name, with or without a desk, is how a known agency is written; ``S.p.A.`` is not SPA."""
    known = name.strip(" .").casefold()
    return known in _FOLDED or not _FOLDED.isdisjoint((known.partition("/")[0], _PARTNER.sub("", known)))


def is_same_agency(one: str, other: str) -> bool:
    """Say whether two names are of one agency."""
    return agency_name(one).casefold() == agency_name(other).casefold()


def without_desk(written: str) -> str:
    """Return an agency's name without the desk or the partner that signs beside it."""
    if not is_agency(written.partition("/")[0]) and is_agency(distributor := _PARTNER.sub("", written)):
        return distributor
    return _DESK.sub("", written)


def _spell_bare(spelling: str) -> str:
    return spell_bare(spelling.replace(".", "")).removeprefix("the-")


_FOLDED = frozenset(map(str.casefold, _NAMES))
_NAMES_BARE = {_spell_bare(spelling): name for spelling, name in _NAMES.items()}
