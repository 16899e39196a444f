"""The marks by which agencies end a dispatch, as regular expressions, each with the agencies that write it.

They were seen in the agencies' own copy and in what papers print of it, so with papers' words about agencies too.
"""

import re

# Of the author and the editor: san/prs, ABC-XYZ/DE, XC-SSD 1845, AB/CD/1530hrs.
_INITIALS = r"[^\W\d_]{1,5}(?:[-/.][^\W_]{1,7}){0,4}/?(?: ?\d{4}(?:hrs)?)?"
_PARTED_INITIALS = (
    r"(?:[^\W\d_]{1,5}[-/] ?[^\W_]{1,7}(?:[-/ ][^\W_]{1,7}){0,3}/?|[A-Z]{2,4}(?: [A-Z]{1,4}){1,3}(?: \d{4})?)"
)
# Agencies of India close with the initials of their desk: PTI ABC XY.
_DESK = r"(?:PTI|ANI|IANS|UNI)(?: [A-Z]{2,5}){1,5}(?: \d{4})?"

NAME_AT_END = re.compile(
    r"\s*(?:\(([^()]{2,20})\)(?:\.? ?[A-Za-z0-9]{2,4}[-/][A-Za-z0-9]{2,4})?|（([^（）]{2,10})）"
    r"|/ ?([^/]{2,20}?) ?/|(?:[-–—]{1,2}|==) ?([^\W\d_]{2,20}))\.?$"
)
"""An agency's name at the end of the last paragraph: (ANI), (AGI)Red/Jd, /TASS/, --IANS."""

BARE_AT_END = re.compile(
    r"(?:^|(?<=[.!?\"”’)]) )([^\W\d_]{2,12})(?:/\w{2,4}|(?P<initials> " + _PARTED_INITIALS + r"))?\.?$"
)
"""A name without brackets, which EFE and Lusa sign with: EFE; EFE abc/xyz; Lusa/Fim."""

_PERSON = r"(?:[A-Z][\w'’-]+ ?){2,4}"
INITIALS_AFTER_NAME = re.compile(
    r"[-–—/(\[ ]{0,3}(?P<name>[^\W\d_]{2,12})(?:[)\]] [a-z]{2,4} [a-z]{2,4}"
    rf"|[)\]]?[ /]{{1,2}}(?:{_INITIALS}|{_PERSON}(?:/{_PERSON})?))"
)
"""A paragraph with an agency's name and initials: --IANS san/prs, (Hina) xabc yd, BSS/AB/CD; or names, as in WAM's."""

MARK_AT_END = re.compile(
    r"(?:^|(?<=[.!?\"”’)])\s|(?<=[.。！？」])(?=[（(【])|(?<=\.)(?=/\.$))"
    rf"(?:{_DESK}"
    r"|\(?(?:[-–—]{1,2} ?(?:30|0) ?[-–—]{1,2}|#{3,5}|ENDS?|END/|Enditem|ENDITEM|NNNN|MORE|FIN|FINE|KONIEC)\)?"
    r"|[-–—(\[*] ?(?:more|mehr|mais|segue|SEGUE|suite|à suivre|sigue|continúa|Fortsetzung|fim|fin|fine|Ende) ?[-–—)\]*]"
    # KUNA: (end) abc.xyz; APA: (Schluss) abc/xyz
    rf"|[(\[](?i:ends?|schluss|forts\.?|конец)[)\]](?: {_INITIALS})?"
    # Xinhua, on its page; VNA
    r"|■|/"
    r"|[（(](?:完|了|끝|終わり|конец)[)）]"
    r"|[【（(\[](?:责任)?(?:编辑|責任編輯|編輯|责编)\s?[:：].{1,20}[】）)\]]\d{0,8})\.?$"
)
"""A mark at the end of the last paragraph."""

CREDITS_AT_END = re.compile(
    r"\((?:additional )?[^\W\d_]{4,12} (?:by|von|de|par|por|di) [^()]{3,500}\)\.?", re.IGNORECASE
)

_END_WORDS = (
    r"ends?|eom|fine?|fim|ende|schluss|koniec|конец|end of (?:story|text|report|message)|to be continued|more to follow"
)
NOISE = re.compile(
    r"\(\(.{3,300}\)\)"  # whom Reuters' editors may call
    r"|\(?\^?Our Standards:.{0,200}"
    r"|(?:\([cC]\)|©|<저작권자).{0,300}|(?:Copyright|COPYRIGHT)\b.{0,40}\d{4}.{0,300}"
    r"|All [Rr]ights [Rr]eserved\b.{0,200}"
    r"|[a-z]{2,4}(?:[-/][a-z]{1,5}){1,5}|[a-z]{2,4}/(?: [a-z]{2,4}/){0,4}"  # jdo/jr, jdo/ jr/: author and editor
    r"|[A-Z]{2,4}(?: ?(?://?|-) ?[A-Z]{2,4}){1,4}|(?:[A-Z]{2,4}-){1,2}[A-Z]{2,4}/[A-Z]{2,4}"
    r"|[A-Z]{2,4}(?: \([A-Z/]{2,9}\))? // [A-Z]{2,4}\.?(?: Lusa/[Ff]im)?"  # Lusa: ABC (DEF) // XY.
    r"|\([A-Z][\w .-]{2,30} [Nn]ewsroom\)|(?:Source text|Further company coverage):? ?.{0,100}"  # briefs of Reuters
    r"|[A-Z]{3}\d{4} \d{4}-\d\d-\d\d/\d\d:\d\d"  # APA
    r"|Y[A-Z]{2}-[A-Z]{2,4}"  # ANSA
    r"|\([A-Z][a-z]{2}/Adnkronos\)|ISSN \d{4} ?- ?\d{3}[\dX]"  # the serial of a service, which law in Italy asks for
    r"|[A-Z][a-z]{2}/[A-Z][a-z]{2} \d{8}T\d{6}Z"  # askanews
    r"|dpa(?:[ /][a-z]{2,4}){1,4} [a-z]\d(?: [a-z]{2,4})?"
    rf"|{_DESK}"
    r"|AP-[A-Z]{2}-\d\d-\d\d-\d\d \d{4}[A-Z]{3}<?"  # when AP sent it
    r"|(?:[A-Z]{2,5}/[a-z]{2,4} )?\(END\) Dow Jones Newswires(?: .{0,60}GMT\))?"
    r"|[A-Z][a-z]{2,8} \d\d?, \d{4} \d\d?:\d\d ET \(\d\d?:\d\d GMT\)"  # and when Dow Jones did
    r"|\d\d:\d\d LOCAL TIME \d\d:\d\d GMT(?: \d{4})?"  # and SPA
    rf"|(?i:[-–—*#<(\[/ ]{{0,5}}(?:{_END_WORDS})[-–—*#>)\]/ .]{{0,5}})"
    rf"|(?:ENDS?|NNNN|Enditem)\s?/?\s?{_INITIALS}(?:/\d{{1,2}} [A-Z][a-z]{{2,8}})?"  # UNB, Xinhua, CNA
    # What papers of India print below an agency's text.
    r"|(?i:\(?with inputs? from [^.()]{2,60}\.?\)?|\((?:with (?:agency )?inputs?|inputs? from\b)[^.()]{0,120}\.?\))"
    r"|(?i:\((?:except for the headline|this (?:story|report|article|copy|news) (?:has not been|is|was|has been)\b)"
    r"[^()]{0,160}\b(?:edited|auto-?generated|syndicated|feed|published|service)\b[^()]{0,160}\))"
    r"|Anadolu Agency website contains only a portion of the news stories.{0,300}"
    r"|(?:\((?i:fotos?|v[íi]deos?|audio|infograf[íi]a|photos?)\) ?){1,4}"  # EFE: what goes with it
    r"|\(?(?:[Ww]ord ?count:? ?\d{1,5}|[Ww]ords: ?\d{1,5}|\d{1,5} ?(?:words|wds|mots))\)?"
    r"|(?:Keywords|Slug|Category|Subject Codes?): ?.{0,200}"
    r"|[\w.+-]{1,64}@[\w.-]{3,100}(?: \((?:END|끝)\))?"
    r"|[\W_]{3,20}"
)
"""A last paragraph that is this and nothing else is no text."""

LETTERS_ALONE = re.compile(r"[a-zа-я]{2,4}[ .][a-zа-я]{2,4}")  # noqa: RUF001 -- Interfax writes in Russian
"""Initials as ČTK, Interfax and KUNA write them."""
LETTERS_ALONE_OF = frozenset({"ČTK", "Interfax", "KUNA"})

ADDRESS_AT_END = re.compile(r"(?<=\))\((?:www\.)?[\w-]{2,40}(?:\.[\w-]{2,40}){1,3}\)$")
"""Where an agency is found, behind its name: (NAN)(www.example.org)."""

END_OF_RELEASE = re.compile(r"[-–—*(\[ ]{0,4}(?i:ends?|ende|fin|fine)[-–—*)\]. ]{0,4}|-30-|(?:# ?){3,5}")
"""The line behind which a press release has nothing for readers …"""

BEHIND_RELEASE = re.compile(
    r"(?i:notes? (?:to|for) editors?\b|editor['’]?s['’]? notes?\b"
    r"|(?:media|press|presse|medien)[ -]?(?:(?:contacts?|kontakt|enquiries|inquiries)\b"
    r"|(?:office|relations|stelle)(?::|\Z))"
    r"|(?:contacts?|kontakt|enquiries|inquiries|rückfragen)\b(?: \w{2,20})? ?[:：]"
    r"|for (?:(?:more|further|media|press|additional|interview) ){1,3}(?:information|enquiries|inquiries|requests)\b"
    r"|pour (?:plus|de plus amples) .{0,10}informations?\b|para más información\b|weitere informationen\b)"
    # A heading, which a line about the same name may follow; a sentence begins with these words too.
    r"|(?:ABOUT|About|Über|À propos d[eu]|Acerca de|Sobre) (?:the )?(?P<sender>[^\W\d_a-zß-ÿ][^.!?:;]{1,60}?)"
    r"(?:(?:,? (?i:Inc|Ltd|Co|Corp)\.)?(?::|\Z)| (?:The )?(?P=sender)\b)"
)
"""… and how what is there begins: notes, contacts, what the sender says of itself."""

NOT_FOR_PUBLICATION = re.compile(
    r"#{1,3} ?(?:dpa-)?(?:Notizblock|Notebook)\b"
    r"|(?:\* ?){3,5}(?:Die folgenden Informationen sind nicht zur Ver|The following information is not intended for p)"
)
"""What dpa appends for its customers only."""

CREDIT_LABEL = re.compile(
    r"\b(Reporter|Pewarta|Oleh|Muhabir|Autor|autor|Autorin|Author|Writer|Editor|Redaktur|Penyunting|Translator"
    r"|Penerjemah|Uploader|Redakteur|Redaktor|redaktor):\s*"
)
AUTHOR_LABELS = frozenset({"reporter", "pewarta", "oleh", "muhabir", "autor", "autorin", "author", "writer"})
"""The labels of ANTARA, Anadolu and PAP behind which authors stand; behind the others it is editors."""
