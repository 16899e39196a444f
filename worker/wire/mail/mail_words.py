"""The words of mail that are no news, as data: marks of answers, releases, lists and telephones, names of desks."""

ANSWERS = "re|fwd?|aw|wg|回复|转发|答复|回覆|轉寄"
"""What stands before a subject that answers or forwards; no headline begins so."""
ANSWERS_ABROAD = "sv|vs|vb|tr|rv|rif|res|enc|antw|odp|ynt|ref|r|i"
"""Likewise, in other languages; a headline may begin so: ``VS: …``."""
FORWARDS = "fwd?|wg|tr|vs|vb|rv|i|enc|pd|vl|doorst|转发|轉寄"
"""Those of them that forward."""
FORWARDED = (
    "(?:begin )?forwarded message|(?:anfang der )?weitergeleiteten? nachricht|message transféré"
    "|début du message (?:réexpédié|transféré)|mensaje reenviado|mensagem encaminhada|(?:inizio )?messaggio inoltrato"
    "|doorgestuurd bericht|vidarebefordrat meddelande|videresendt (?:melding|meddelelse)|välitetty viesti"
    "|wiadomość przekazana|пересылаемое сообщение"
)
"""What programs write above a message that is forwarded."""
ORIGINAL = (
    "original message|ursprüngliche nachricht|message d'origine|mensaje original|mensagem original|messaggio originale"
    "|oorspronkelijk bericht|ursprungligt meddelande|opprinnelig melding|oprindelig meddelelse"
)
"""What they write above one that is forwarded or answered."""
FORWARDED_FIELDS = {
    "from": "from von de från fra da van od lähettäjä от",
    "subject": "subject betreff objet asunto assunto ämne emne oggetto onderwerp temat aihe тема",
    "": "date sent datum gesendet envoyé date fecha enviado data enviada datum skickat dato sendt inviato verzonden "
    "to an à para a till til aan do cc kopie copie кому дата päivämäärä vastaanottaja",
}
"""The names of its fields, by what we call them."""
RELEASES = (
    "(?:press|media|news) (?:release|statement)|communiqué(?: de presse)?|pressemitteilung|medienmitteilung"
    "|nota de prensa|comunicato stampa|persbericht|pressemelding|pressmeddelande"
)
"""What press offices write before a headline."""
VIA = "via|par|über"
"""Between a writer and the list that sends in the writer's place."""
OF_LISTS = "mailing list|unsubscribe|mailman|listinfo|liste de diffusion|verteiler"
"""What a mailing list's footer speaks of."""
SENT_FROM = (
    "(?:sent|gesendet|envoyé|enviado|inviato|verzonden|skickat|sendt) (?:from|mit|von|de|desde|da|vanaf|från|fra) "
    r"(?:my|meinem|mon|mi|meu|il mio|mijn|min) .{2,40}|get outlook for \w+.{0,60}|von meinem \w{2,20} gesendet"
)
"""What telephones write below a message."""
DESKS = frozenset(
    "alert alerts bot bureau desk editorial editors info mailer media news newsdesk newsletter newsroom newswire "
    "noreply notification notifications office press presse prensa redaktion rédaction redacción reporters service "
    "staff team webmaster wire writers".split()
)
"""Words in the names of senders that are no people."""
