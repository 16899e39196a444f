"""The names of zones of time."""

HOURS = {
    "ACDT": 10.5, "ACST": 9.5, "ADT": -3, "AEDT": 11, "AEST": 10, "AKDT": -8, "AKST": -9, "ART": -3, "AST": -4,
    "AWST": 8, "BRST": -2, "BRT": -3, "BST": 1, "CAT": 2, "CDT": -5, "CEDT": 2, "CEST": 2, "CET": 1, "CLST": -3,
    "CLT": -4, "COT": -5, "CST": -6, "EAT": 3, "EDT": -4, "EEST": 3, "EET": 2, "EST": -5, "GMT": 0, "GST": 4, "HKT": 8,
    "HST": -10, "ICT": 7, "IDT": 3, "IST": 5.5, "JST": 9, "KST": 9, "MDT": -6, "MEST": 2, "MESZ": 2, "MET": 1,
    "MEZ": 1, "MSD": 4, "MSK": 3, "MST": -7, "MYT": 8, "NDT": -2.5, "NPT": 5.75, "NST": -3.5, "NZDT": 13, "NZST": 12,
    "PDT": -7, "PET": -5, "PHT": 8, "PKT": 5, "PST": -8, "SAST": 2, "SGT": 8, "TRT": 3, "UT": 0, "UTC": 0, "UYT": -3,
    "WAT": 1, "WEST": 1, "WET": 0, "WIB": 7, "WIT": 9, "WITA": 8, "Z": 0,
}  # fmt: skip
"""Hours from UTC by a zone's name; where several zones share a name, the one that most feeds mean.

Of the letters of the military only ``Z`` is one: the others were used either way (RFC 5322, section 4.3).
"""

HOURS_BY_LANGUAGE = {
    "BST": {"bn": 6},
    "CST": {"zh": 8},
    "IST": {"he": 2, "iw": 2, "en-ie": 1, "ga": 1},
    "PST": {"en-ph": 8, "fil": 8, "tl": 8},
}
"""What some of these names mean to those who write in a language."""

PLACES = {
    "AET": "Australia/Sydney",
    "AT": "America/Halifax",
    "CT": "America/Chicago",
    "ET": "America/New_York",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
"""A place by the name of its time, summer's and winter's alike."""

AREAS = (
    "Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Etc Europe Indian Mexico Pacific US".split()
)
"""How the names of places in the time zone database begin."""
