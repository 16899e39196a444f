"""The labels of the lines above a dispatch, in many languages: ``Headline:``, ``Fecha:``, ``作者：``.

Only words that open no sentence and no other list are here: WHEN and WHERE are an advisory's, as Location is.
"""

import re
from enum import Enum, auto


class HeadField(Enum):
    """What a label is the label of."""

    HEADLINE = auto()
    SUBHEAD = auto()
    SUMMARY = auto()
    AUTHOR = auto()
    SLUG = auto()
    TAGS = auto()
    URGENCY = auto()
    PUBLISHED = auto()
    UPDATED = auto()
    AGENCY = auto()
    LANGUAGE = auto()
    DATELINE = auto()
    NOTE = auto()
    CLOCK = auto()
    BODY = auto()
    """What stands before the text."""
    NOTHING = auto()
    """What no article has a field for: the number of words."""


LABELS = {
    label.strip(): field
    for field, labels in {
        HeadField.HEADLINE: (
            "headline | head | hed | title | subject | überschrift | schlagzeile | titel | titre | titular | "
            "título | titulo | titolo | tittel | otsikko | overskrift | tytuł | titulek | cím | başlık | "
            "заголовок | العنوان | 标题 | 標題 | タイトル | 見出し | 제목 | शीर्षक | judul | tajuk"
        ),
        HeadField.SUBHEAD: (
            "subhead | subheadline | subtitle | kicker | unterzeile | untertitel | dachzeile | sous-titre | "
            "surtitre | subtítulo | antetítulo | sottotitolo | occhiello | undertittel | подзаголовок | 副标题"
        ),
        HeadField.SUMMARY: (
            "summary | abstract | standfirst | deck | zusammenfassung | chapô | chapeau | résumé | resumen | "
            "entradilla | resumo | sommario | ingress | 摘要"
        ),
        HeadField.AUTHOR: (
            "by | byline | author | authors | from | written by | autor | autorin | autoren | verfasser | "
            "auteur | auteurs | autores | autora | autore | autori | författare | forfatter | kirjoittaja | "
            "autorzy | szerző | yazar | muhabir | автор | авторы | الكاتب | 作者 | 记者 | 記者 | 기자 | 筆者 | "
            "著者 | लेखक | penulis"
        ),
        HeadField.SLUG: "slug | slugline | slug line | slug-line",
        HeadField.TAGS: (
            "keywords | keyword | tags | tag | category | categories | topics | topic | section | "
            "schlagwörter | schlagworte | stichworte | stichwörter | ressort | mots-clés | mots clés | "
            "rubrique | palabras clave | etiquetas | sección | parole chiave | palavras-chave | trefwoorden | "
            "nyckelord | stikkord | emneord | słowa kluczowe | anahtar kelimeler | ключевые слова | теги | "
            "关键词 | 關鍵詞 | キーワード | 키워드 | kata kunci"
        ),
        HeadField.URGENCY: (
            "priority | urgency | priorität | dringlichkeit | urgence | priorité | urgencia | prioridad | priorità"
        ),
        HeadField.PUBLISHED: (
            "date | published | published on | published at | publication date | publish date | pub date | "
            "pubdate | release date | released | issued | posted | posted on | created | filed | sent | "
            "transmitted | dateline date | datum | veröffentlicht | veröffentlicht am | erschienen | "
            "erschienen am | publié | publié le | date de publication | fecha | fecha de publicación | "
            "publicado | publicado el | publicado em | data | data de publicação | pubblicato | "
            "pubblicato il | data di pubblicazione | gepubliceerd | gepubliceerd op | publicerad | publisert | "
            "publiceret | udgivet | julkaistu | data publikacji | opublikowano | publikováno | dátum | "
            "megjelent | tarih | yayın tarihi | yayınlanma | дата | опубликовано | التاريخ | تاريخ النشر | "
            "日期 | 时间 | 發佈時間 | 发布时间 | 發布時間 | 发稿时间 | 日付 | 配信 | 날짜 | 입력 | 발행 | "
            "게시 | 등록 | 公開日 | 投稿日 | 配信日 | दिनांक | तारीख | tanggal | tarikh"
        ),
        HeadField.UPDATED: (
            "updated | update | updated on | updated at | last updated | last update | modified | "
            "last modified | revised | aktualisiert | aktualisiert am | zuletzt aktualisiert | stand | "
            "mis à jour | mis à jour le | mise à jour | modifié le | actualizado | actualizado el | "
            "última actualización | atualizado | atualizado em | aggiornato | aggiornato il | "
            "ultimo aggiornamento | bijgewerkt | uppdaterad | oppdatert | opdateret | päivitetty | "
            "aktualizacja | zaktualizowano | aktualizováno | frissítve | güncelleme | обновлено | 更新时间 | "
            "更新時間 | 更新 | 更新日 | 수정"
        ),
        HeadField.AGENCY: (
            "source | agency | news agency | quelle | agentur | agence | fuente | agencia | fonte | agenzia | "
            "agência | bron | källa | kilde | lähde | źródło | agencja | zdroj | forrás | kaynak | источник | "
            "агентство | المصدر | 来源 | 來源 | 出典 | 出所 | 출처 | स्रोत | sumber"
        ),
        HeadField.LANGUAGE: (
            "language | lang | sprache | langue | idioma | lingua | taal | språk | sprog | kieli | język | "
            "dil | язык | اللغة | 语言 | 語言 | 言語"
        ),
        HeadField.DATELINE: "dateline | ortsmarke | spitzmarke",
        HeadField.NOTE: "note to editors | editors note | editor's note | editor’s note | ed note | ednote",
        HeadField.NOTHING: (
            "words | word count | wordcount | length | id | item id | story id | guid | version | edition | "
            "desk | copyright | rights | url | link | format | type | transref | to | cc | reply-to"
        ),
        HeadField.CLOCK: "time | uhrzeit | heure | ora | время | klockan",
        HeadField.BODY: (
            "body | story | content | copy | article | article text | cuerpo | corps | corpo | 正文 | 本文 | 본문"
        ),
    }.items()
    for label in labels.split("|")
}
"""The fields by their labels, case folded."""

_LONGEST_LABEL = 30
_COLON = re.compile(r"\s?[:：]\s*|\s?=\s+")
# Labels of other things too, in other lists.
_COMMON = frozenset({HeadField.NOTHING, HeadField.BODY, HeadField.CLOCK})


def split_label(line: str) -> tuple[HeadField, str] | None:
    """Return what the label is the label of with which a line begins, and what is behind it; None without a label."""
    colon = _COLON.search(line[: _LONGEST_LABEL + 1])
    field = LABELS.get(line[: colon.start()].strip("*_# ").casefold()) if colon else None
    return (field, line[colon.end() :].strip("*_ ")) if colon and field else None


def is_label(line: str) -> bool:
    """Say whether a line begins with a label that only news has."""
    found = split_label(line)
    return found is not None and found[0] not in _COMMON


LANGUAGE_NAMES = {
    name: tag
    for tag, names in {
        "ar": "arabic العربية عربي", "bg": "bulgarian български", "bn": "bengali bangla বাংলা",
        "cs": "czech čeština česky",
        "da": "danish dansk", "de": "german deutsch allemand alemán tedesco", "el": "greek ελληνικά",
        "en": "english englisch anglais inglés inglese inglês engelsk",
        "es": "spanish español castellano espagnol spanisch",
        "fa": "persian farsi فارسی", "fi": "finnish suomi", "fr": "french français französisch francés francese",
        "he": "hebrew עברית", "hi": "hindi हिन्दी हिंदी", "hr": "croatian hrvatski", "hu": "hungarian magyar",
        "id": "indonesian indonesia", "it": "italian italiano italienisch italien", "ja": "japanese 日本語",
        "ko": "korean 한국어", "ms": "malay melayu", "nl": "dutch nederlands", "no": "norwegian norsk",
        "pl": "polish polski", "pt": "portuguese português portugiesisch portugais", "ro": "romanian română",
        "ru": "russian русский russisch russe ruso", "sr": "serbian српски srpski", "sv": "swedish svenska",
        "sw": "swahili kiswahili", "th": "thai ไทย", "tr": "turkish türkçe", "uk": "ukrainian українська",
        "ur": "urdu اردو", "vi": "vietnamese việt", "zh": "chinese 中文 汉语 mandarin",
    }.items()
    for name in names.split()
}  # fmt: skip
"""The tags of languages (BCP 47) by their names, case folded."""
