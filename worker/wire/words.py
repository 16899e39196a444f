"""The words by which wires date, place, sign, mark and correct their dispatches, in many languages."""

from worker.values.entries import Notice

# In datelines and bylines

MONTHS = {
    name: number
    for number, names in enumerate(
        """
        jan january januari januar janvier janv enero ene gennaio gen janeiro január stycznia ledna ocak oca января янв
          січня يناير जनवरी tammikuuta ianuarie ian januarja januara siječnja януари ιανουαρίου janúar جانفي |
        feb february februari februar février fevrier févr fév febrero febbraio fevereiro fev február lutego února şubat
          şub февраля фев лютого فبراير फरवरी helmikuuta februarie februarja februara februára veljače февруари
          φεβρουαρίου febrúar شباط فيفري |
        mar march mars marzo märz maerz mrz maart mrt marca março marco március marca března mart марта мар березня مارس
          मार्च marts maaliskuuta martie marta ožujka maret mac март μαρτίου آذار |
        apr april avril avr abril abr aprile április kwietnia dubna nisan nis апреля апр квітня أبريل ابريل अप्रैल
          huhtikuuta aprilie aprila apríla travnja април απριλίου apríl نيسان أفريل |
        may mai mayo maggio mag mei maio május maja května mayıs мая май травня مايو मई maj toukokuuta svibnja μαΐου
          maí أيار |
        jun june juni juin junio giugno giu junho június czerwca června haziran haz июня июн червня يونيو जून
          kesäkuuta iunie junija juna júna lipnja юни ιουνίου júní حزيران جوان |
        jul july juli juillet juil julio luglio lug julho július lipca července temmuz tem июля июл липня يوليو जुलाई
          heinäkuuta iulie iul julija jula júla srpnja julai юли ιουλίου júlí تموز جويلية |
        aug august augustus août aout agosto ago augusztus sierpnia srpna ağustos ağu августа авг серпня أغسطس اغسطس
          अगस्त augusti elokuuta avgusta kolovoza agustus ogos август αυγούστου ágúst |
        sep sept september septembre septiembre settembre set setembro szeptember września září eylül eyl сентября сен
          сент вересня سبتمبر सितंबर syyskuuta septembrie septembra rujna септември σεπτεμβρίου أيلول |
        oct october oktober octobre octubre ottobre ott okt outubro out október października října ekim eki октября окт
          жовтня أكتوبر اكتوبر अक्टूबर lokakuuta octombrie oct oktobra októbra октомври οκτωβρίου október |
        nov november novembre noviembre novembro listopada listopadu kasım kas ноября ноя листопада نوفمبر नवंबर
          marraskuuta noiembrie novembra studenoga studenog ноември νοεμβρίου nóvember |
        dec december décembre decembre déc dezember dez diciembre dic dicembre dezembro desember des grudnia prosince
          aralık ara декабря дек грудня ديسمبر दिसंबर joulukuuta decembrie decembra prosinca disember декември
          δεκεμβρίου
        """.split("|"),
        start=1,
    )
    for name in names.split()
}
"""The number of a month by its name or abbreviation, case folded."""

WEEKDAYS = (
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    "lundi mardi mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica "
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira maandag dinsdag woensdag donderdag vrijdag "
    "zaterdag zondag mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag hétfő kedd szerda "
    "csütörtök péntek szombat vasárnap poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý středa "
    "čtvrtek pátek neděle понедельник вторник среда четверг пятница суббота воскресенье pazartesi salı çarşamba "
    "perşembe cuma cumartesi pazar"
).split()

ZONES = frozenset("ACT AEST AEDT BST CEST CET CDT CST EDT EST EET GMT HKT IST JST MDT MSK MST PDT PST UTC WIB".split())
"""Zones of time, which stand beside days in brackets as agencies do."""

DATE_WORDS = (
    "date am pm a p m s t z at on of the st nd rd th er uhr um den der vom h le à du de del las hs il alle ore dell às "
    "kl g o klo godz ob v kello год года час"
).split()
"""What stands among the numbers of a date."""

NO_PLACES = frozenset(
    "a an and as at by but for from he her his if in it its no not of on or our she that their there they this to we "
    "with when while who why mr mrs ms dr sir dame lord lady herr frau señor señora von par por di "
    "advisory alert analysis breaking brief briefing bulletin column correction corrected credit deadline due "
    "editorial editors eds exclusive explainer factbox file flash graphic image interview kill listen live maybe note "
    "opinion photo photos picture pictures poll profile quiz read review source timeline update updated urgent video "
    "watch weather wrapup born themendienst infografik insight film medien fotos nachrichten".split()
)
"""What a sentence, a label or a credit begins with, and a place does not."""

NAME_PARTICLES = frozenset(
    "al am bin da de del della den der di do dos du el ibn la le ten ter van von y zu zur".split()
)
"""Words in small letters within the names of persons."""

PLACE_PARTICLES = frozenset(
    "and an am auf de del der des di do da das e el et la las le les los of on sur the und upon y".split()
)
"""What a place's name may hold in small letters."""

NO_PERSONS = frozenset("staff newsroom bureau desk writers reporters editors redaktion redacción rédaction".split())
"""The last words of bylines that name no person."""

# In headlines, slugs and notes to editors

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
"""What a dispatch is, by the word before its headline or alone on a line."""

_FLASH, _BULLETIN, _URGENT = 1, 2, 3
URGENCIES = {
    word: urgency
    for urgency, words in {
        _FLASH: "FLASH|NEWSFLASH|NEWS FLASH|BLITZ|МОЛНИЯ|速報|快讯",
        _BULLETIN: "BULLETIN|ALERT|NEWS ALERT|ALERTE|ALERTA|EIL|EILMELDUNG|BREAKING|BREAKING NEWS|JUST IN|عاجل",
        _URGENT: "URGENT|URGENTE|ÚLTIMA HORA|ULTIM'ORA|ULTIM’ORA|СРОЧНО|SPOED|PILNE|SON DAKİKA|急电|긴급",
    }.items()
    for word in words.split("|")
}
"""How urgent a dispatch is, by a word for it: 1 for a flash, on the scale of IPTC 7901, where 4 is not urgent."""

NOTE_VERBS = {
    verb: kind
    for kind, verbs in {
        Notice.CORRECTION: (
            "corrects corrected correcting refiles refiling fixes clarifies korrigiert berichtigt corrige corregge "
            "rectifie rättar rettelse retter rettet korrigerer korrigeret korrigert korjaa korjattu"
        ),
        Notice.UPDATE: (
            "adds adding updates updated updating recasts recasting rewrites releads leads includes inserts inserting "
            "changes edits writes removes deletes ergänzt aktualisiert actualise actualiza aggiorna añade agrega "
            "ajoute uppdaterar uppdaterad oppdaterer oppdatert opdaterer opdateret utvidet udvidet päivitetty "
            "ampliación"
        ),
        Notice.REPEAT: "repeats repeating wiederholt repite ripete répète",
        Notice.KILL: "kills withdraws",
    }.items()
    for verb in verbs.split()
}
"""What a dispatch is, by the first word of its note to editors: ``(Adds quotes, background)``."""

ORDINALS = {
    word: number
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth",
        "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte",
        "erster zweiter dritter vierter fünfter sechster siebter achter neunter zehnter",
        "premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
        "primera segunda tercera cuarta quinta sexta séptima octava novena décima",
        "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo",
        "primeira segunda terceira quarta quinta sexta sétima oitava nona décima",
    )
    for number, word in enumerate(words.split(), start=1)
}
