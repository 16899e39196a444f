"""The words in datelines: months as agencies write them, and what only looks like a place."""

from worker.values.entries import Notice

MONTHS = {
    name: number
    for number, names in {
        1: (
            "jan january januari januar janvier janv enero ene gennaio gen janeiro január stycznia ledna "
            "ocak oca января янв січня يناير जनवरी"
        ),
        2: (
            "feb february februari februar février fevrier févr fév febrero febbraio fevereiro fev február "
            "lutego února şubat şub февраля фев лютого فبراير फरवरी"
        ),
        3: (
            "mar march mars marzo märz maerz mrz maart mrt março marco március marca března mart марта мар "
            "березня مارس मार्च"
        ),
        4: ("apr april avril avr abril abr aprile április kwietnia dubna nisan nis апреля апр квітня أبريل ابريل अप्रैल"),
        5: "may mai mayo maggio mag mei maio május maja května mayıs мая май травня مايو मई",
        6: ("jun june juni juin junio giugno giu junho június czerwca června haziran haz июня июн червня يونيو जून"),
        7: (
            "jul july juli juillet juil julio luglio lug julho július lipca července temmuz tem июля июл "
            "липня يوليو जुलाई"
        ),
        8: (
            "aug august augustus août aout agosto ago augusztus sierpnia srpna ağustos ağu августа авг "
            "серпня أغسطس اغسطس अगस्त"
        ),
        9: (
            "sep sept september septembre septiembre settembre set setembro szeptember września září eylül "
            "eyl сентября сен сент вересня سبتمبر सितंबर"
        ),
        10: (
            "oct october oktober octobre octubre ottobre ott okt outubro out október października října ekim "
            "eki октября окт жовтня أكتوبر اكتوبر अक्टूबर"
        ),
        11: ("nov november novembre noviembre novembro listopada listopadu kasım kas ноября ноя листопада نوفمبر नवंबर"),
        12: (
            "dec december décembre decembre déc dezember dez diciembre dic dicembre dezembro desember des "
            "grudnia prosince aralık ara декабря дек грудня ديسمبر दिसंबर"
        ),
    }.items()
    for name in names.split()
}
"""The number of a month by its name or abbreviation, case folded."""

NO_PLACES = frozenset(
    "a an and as at by but for from he her his if in it its no not of on or our she that their there they this to we "
    "with when while who why mr mrs ms dr sir dame lord lady herr frau señor señora von par por di "
    "advisory alert analysis breaking brief briefing bulletin column correction corrected credit deadline due "
    "editorial editors eds exclusive explainer factbox file flash graphic image interview kill listen live maybe note "
    "opinion photo photos picture pictures poll profile quiz read review source timeline update updated urgent video "
    "watch weather wrapup born".split()
)
"""What a sentence, a label or a credit begins with, and a place does not."""

PARTICLES = frozenset(
    "and an am auf de del der des di do da das e el et la las le les los of on sur the und upon y".split()
)
"""What may stand in small letters in a place's name."""


# --- The words by which wires say what a dispatch is, in the languages they write them in.

KINDS = {
    word: kind
    for kind, words in {
        Notice.UPDATE: "UPDATE|UPDATED|WRAPUP|ROUNDUP|LEAD|LD|WRITETHRU|WRITETHROUGH|AMPLIACIÓN|ZUSAMMENFASSUNG",
        Notice.CORRECTION: (
            "CORRECTED|CORRECTION|CORRECTIVE|REFILE|CLARIFICATION|KORREKTUR|BERICHTIGUNG|CORRECCIÓN|CORREÇÃO|"
            "RECTIFICATIF|RETTIFICA|CORREZIONE|ИСПРАВЛЕНИЕ|订正|更正|訂正"
        ),
        Notice.REPEAT: "RPT|REPEAT|REPETICIÓN",
        Notice.ADVISORY: "ADVISORY|MEDIA ADVISORY|NEWS ADVISORY",
        Notice.KILL: "KILL|MANDATORY KILL|BULLETIN KILL|WITHDRAWN|WITHDRAWAL|DELETED|ANNULLATO|ANULADA|ANNULATION",
    }.items()
    for word in words.split("|")
}
"""What stands before a headline, or alone on a line."""

_FLASH, _BULLETIN, _URGENT = 1, 2, 3
URGENCIES = {
    word: urgency
    for urgency, words in {
        _FLASH: "FLASH|NEWSFLASH|NEWS FLASH|BLITZ|МОЛНИЯ|速報|快讯",
        _BULLETIN: ("BULLETIN|ALERT|NEWS ALERT|ALERTE|ALERTA|EIL|EILMELDUNG|BREAKING|BREAKING NEWS|JUST IN|عاجل"),
        _URGENT: "URGENT|URGENTE|ÚLTIMA HORA|ULTIM'ORA|ULTIM’ORA|СРОЧНО|SPOED|PILNE|SON DAKİKA|急电|긴급",
    }.items()
    for word in words.split("|")
}
"""How urgent a dispatch is, on the scale of IPTC 7901: 1 for a flash, 4 for what is not urgent at all."""

NOTE_VERBS = {
    verb: kind
    for kind, verbs in {
        Notice.CORRECTION: (
            "corrects corrected correcting refiles refiling fixes clarifies korrigiert berichtigt corrige corregge "
            "rectifie"
        ),
        Notice.UPDATE: (
            "adds adding updates updated updating recasts recasting rewrites releads leads includes inserts inserting "
            "changes edits writes removes deletes ergänzt aktualisiert actualise actualiza aggiorna añade agrega ajoute"
        ),
        Notice.REPEAT: "repeats repeating wiederholt repite ripete répète",
        Notice.KILL: "kills withdraws",
    }.items()
    for verb in verbs.split()
}
"""What a note to editors begins with: (Adds quotes, background)."""
