"""The words by which wires say what a dispatch is, in the languages they write them in."""

from worker.values import Notice

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
