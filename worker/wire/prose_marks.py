"""What marks a line, or a whole text, as no prose: regular expressions by what they are the marks of."""

import re

from worker.basics.text import UNSPACED

# What a reason calls it: it looks like …
CODE, SETTINGS, LOG, TABLE, MARKUP = "source code", "settings", "a log", "a table of data", "markup"
PATHS, WORDS, NUMBERS, FIELDS = "a list of files", "a list of words", "a list of numbers", "a list of fields"
ADDRESSES = "a list of addresses"
NEED_COMPANY = {WORDS: 5, NUMBERS: 5, FIELDS: 3}
"""Kinds that are only lists in texts of so many lines."""

OPENINGS = (
    (re.compile(r"#!\s?/"), "a script"),
    (
        re.compile(
            r"(?:.{0,200}\n){0,2}-----BEGIN [A-Z0-9 ]+-----|(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-[\w-]{1,40}) AAAA"
        ),
        "a key",
    ),
    (re.compile(r"diff --(?:git|recursive) |Index: \S+\n=====|--- \S.*\n\+\+\+ \S.*\n@@ "), "a patch"),
    (re.compile(r"Traceback \(most recent call last\):|Exception in thread |panic: "), "a traceback"),
    (
        re.compile(
            r"<\?(?:php|xml)\b|<!DOCTYPE|%!PS|\{\\rtf|StartFontMetrics|\\documentclass|%PDF|[.']\\\"|\.TH |\.Dd "
        ),
        MARKUP,
    ),
)
"""How texts begin that are surely no prose."""

FENCES = tuple(
    {
        "/*": "*/", '"""': '"""', 'r"""': '"""', "'''": "'''", "<!--": "-->", "```": "```", "=pod": "=cut",
        "=head": "=cut", "{-": "-}", "(*": "*)",
    }.items()
)  # fmt: skip
"""What opens a comment of several lines or a block of code, and what closes it."""

_WORD = r"[^\W\d_]++(?:['’-][^\W\d_]++){0,3}"
# What may stand behind a word, before the blank, and in front of the next one.
_BEHIND, _BEFORE = r"[.,;:!?…،\u06d4।]?[\"”’)»]?", r"[\"“„«'‘(–—-]{0,2}\s?"
RUN = re.compile(
    rf"(?<![^\W_])(?:{_WORD}{_BEHIND}\s{_BEFORE}){{3,}}(?:[^\W\d_]++[.!?]?)?"
    rf"|[{UNSPACED}，、。「」！？：\uff1b“”（）《》]{{6,}}"
)
"""Several words in a row, or characters of a script that parts none."""

SURE_CODE = re.compile(
    r"from [\w.]+ c?import |#\s?include\b|c?import [\w.]+(?: as \w+)?$|[0-9A-F]{4}[0-9A-F ]*+\s*+[;\t]"
)
"""Lines of code and data that hold words in a row."""
CODE_SIGNS = re.compile(r"[{};=<>]")

LOG_LINE = re.compile(
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S* |[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\[ *\d+\.\d+\] "
    r"|\d{1,3}(?:\.\d{1,3}){3} \S+ \S+ \[|\d\d:\d\d:\d\d[.,]\d+ |(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL)[:\]|] "
    r"|\tat [\w.$]+\(|(?:  )?File \"[^\"]+\", line \d+"
)
COMMENT = re.compile(r"//|\*/|--+ |;+ |%+ |dnl |@?(?:rem|REM)\b|!+ |\" (?!.*\")|::? |C  |#:|#,")


def _any_of(*marks: str) -> re.Pattern[str]:
    return re.compile("|".join(marks))


MARKS = (
    (_any_of(r"</?[A-Za-z!?][^>]*>", r"\{[%{#]", r"\\[a-z]+[{\[]", r"\.[A-Z]{2}(?: |$)"), MARKUP),
    (
        _any_of(
            r"\[[\w .:\"/-]+\]$",
            r"[\w.-]+\s?=(?!\s*$)",
            r"export [A-Z_]+=",
            r"[\w./-]+: [|>\[{\"'&*]",
            r"[a-z_.-]+:(?:$|\s)",
            r"- (?:[\w-]+:|[\w./-]+$)",
            r"[\"'][^\"']*[\"']\s?:",
        ),
        SETTINGS,
    ),
    (re.compile(r"[A-Z][\w-]*:\s+[\w./@:-]+$"), FIELDS),
    (
        _any_of(
            r"(?:import|from|export|require|use|using|package|include|module|namespace) "
            r"[\w.'\"{*<:/]+(?:[;{(]|$| import| from| as )",
            r"(?:async )?(?:def|class|fn|func|function|sub|proc|struct|enum|interface|impl|type|template|typedef"
            r"|trait) \w+.*[:{(;]",
            r"(?:var|let|const|val|auto|int|void|char|bool|static|public|private|protected|extern|unsigned|inline"
            r"|final) [\w<*].*[;{(=]",
            r"(?:if|for|while|switch|elif|else if|catch|try|with|match|case|do|foreach|unless|until|when)\b"
            r".*(?:[:{]|then|do)$",
            r"(?:return|raise|throw|yield|await|print|echo|assert|del|goto|delete|break|continue|pass|else|endif|fi"
            r"|done|esac|end|set|syn|hi|call|let)\b(?![^.]{0,200}[.!?]$)",
            r"#\s?(?:include|define|if|ifdef|ifndef|endif|else|pragma|undef)\b",
            r"(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|BEGIN|COMMIT|SET|WITH|SUBROUTINE|END|PROGRAM)\b"
            r"(?=[^a-z]*$|.*;)",
            r"(?:[})\]]+[;,)]*|@\w+)$",
            r"@\w+[.(]",
            r"[\w.\[\]>*$-]+\s?(?:=|\+=|:=|<-|-=|\|=)\s?\S",
            r"[\w.:>-]+\(.*\)?[;,{:)]?$",
        ),
        CODE,
    ),
    (
        _any_of(
            r"(?:[^,\t;|]*+[,\t;|](?! )){3}",
            r"[\"'][^\"']*[\"']\s?,",
            r"\S*[A-Za-z0-9+/=_-]{40}",
            r"(?:[0-9a-fA-F]{2,8}[ :,]+){5}",
            r"[0-9a-f]{32}\b",
            r"[dl-][rwx-]{9}[. ]",
        ),
        TABLE,
    ),
    (
        _any_of(
            r".*(?:[;{}\\]|\)\s*=>)$",
            r".*(?:\w\(\)|[=!<>]=|&&|\|\||::|\$\{?[a-zA-Z]|%[sd]\b|\w_\w+_|\\[nt\"]|\{\w*\}|[;{}][\w$-]+[:(=;{])",
        ),
        CODE,
    ),
)
"""How lines begin that are no prose, in the order in which they are tried."""

IS_PATH = re.compile(r"(?:\S*/)?[\w.@+:~-]*/[\w./@+:~*-]+$|[\w-]+\.[a-z0-9]{1,4}$")
IS_TOKEN = re.compile(rf"[^\s{UNSPACED}]+")
_MACHINE_WORDS = (
    r"[a-z]+\d+[a-z0-9]*",  # libatomic1
    r"\w*[A-Za-z]_\w+",  # py_typed
    r"[a-z]{2,}[A-Z]\w*",  # camelCase
    r"0x[0-9a-f]+",
    r"\w+@\w+",
    r"(?:\d{1,3}\.){3}\d{1,3}",  # 192.0.2.1
    r"\*\.\w+",  # *.txt
    r"/?[\w.-]+/[\w./-]+/[\w./-]*",  # /usr/share/doc
    r"[A-Za-z][\w-]*:[\w-]+",  # a:b
    r"[0-9a-f]{8}-[0-9a-f]{4}-[\w-]+",
)
MACHINE_WORD = re.compile(rf"(?:^|[\s\"'(\[])(?:{'|'.join(_MACHINE_WORDS)})(?=$|[\s\"'),\]])")
"""A word of no language."""
