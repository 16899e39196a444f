"""The words in dates: names of months in the languages that feeds are written in, and of time zones."""

MONTHS = {
    beginning: number
    for number, beginnings in enumerate(
        (
            "jan jän ene gen янв",
            "feb fev fév фев",
            "mar mär mrt maa мар",
            "apr avr abr апр",
            "may mai mag mei май мая",
            "jun juin giu июн",
            "jul juil lug июл",
            "aug aoû aou ago авг",
            "sep set сен",
            "oct okt ott out окт",
            "nov ноя",
            "dec dez déc dic дек",
        ),
        start=1,
    )
    for beginning in beginnings.split()
}
"""The number of a month by the first three letters of its name, four where three are not enough, case folded."""

ZONES = {
    "A": 1, "ACDT": 10.5, "ACST": 9.5, "ADT": -3, "AEDT": 11, "AEST": 10, "AKDT": -8, "AKST": -9, "ART": -3, "AST": -4,
    "AWST": 8, "BRT": -3, "BST": 1, "CAT": 2, "CDT": -5, "CEST": 2, "CET": 1, "CLT": -4, "COT": -5, "CST": -6,
    "EAT": 3, "EDT": -4, "EEST": 3, "EET": 2, "EST": -5, "GMT": 0, "GST": 4, "HKT": 8, "HST": -10, "ICT": 7, "IDT": 3,
    "IST": 5.5, "JST": 9, "KST": 9, "MDT": -6, "MESZ": 2, "MEZ": 1, "MSK": 3, "MST": -7, "MYT": 8, "NDT": -2.5,
    "NPT": 5.75, "NST": -3.5, "NZDT": 13, "NZST": 12, "PDT": -7, "PET": -5, "PHT": 8, "PKT": 5, "PST": -8, "SAST": 2,
    "SGT": 8, "TRT": 3, "UT": 0, "UTC": 0, "UYT": -3, "WAT": 1, "WEST": 1, "WET": 0, "WIB": 7, "WITA": 8, "Z": 0,
}  # fmt: skip
"""Hours from UTC by a zone's name; of a name with several zones, the one most feeds mean."""
