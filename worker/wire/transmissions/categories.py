"""Categories and priorities as headers of transmissions code them.

ANPA's letters are those of its bulletin 1312, "Wire Service Transmission Guidelines", as The Associated Press uses
them; letters that mean different things at different wires are left out. The codes of three letters are the IPTC's
(Information Interchange Model, data set 2:15, and the guideline that maps them to subject codes). Codes of two letters
are the desks of dpa, as its manual of the text format names them; those of Italy are what ANSA's services are called.
"""

ANPA_CATEGORIES = {
    "a": "Domestic",
    "e": "Entertainment",
    "f": "Financial",
    "i": "International",
    "j": "Lottery",
    "k": "Commentary",
    "l": "Lifestyle",
    "n": "State and regional",
    "o": "Weather",
    "p": "Politics",
    "r": "Racing",
    "s": "Sports",
    "t": "Travel",
    "v": "Advisories",
    "w": "Washington",
}
"""Categories of ANPA 1312 by their letter."""

IPTC_CATEGORIES = {
    "ace": "Arts, culture and entertainment",
    "clj": "Crime, law and justice",
    "dis": "Disasters and accidents",
    "eco": "Economy",
    "edu": "Education",
    "env": "Environment",
    "evn": "Environment",
    "fin": "Economy, business and finance",
    "hth": "Health",
    "hum": "Human interest",
    "lab": "Labour",
    "lif": "Lifestyle and leisure",
    "pol": "Politics",
    "rel": "Religion and belief",
    "sci": "Science and technology",
    "soi": "Social issues",
    "spo": "Sports",
    "war": "Unrest, conflicts and war",
    "wea": "Weather",
    # dpa's desks
    "ku": "Culture",
    "pl": "Politics",
    "sp": "Sports",
    "vm": "Miscellaneous",
    "wi": "Economy",
    # Italy's wires
    "cro": "General news",
    "est": "International",
    "spe": "Entertainment",
    # The letters of ANPA, which several wires put into headers of IPTC 7901.
    "f": "Financial",
    "i": "International",
    "s": "Sports",
}
"""Categories of IPTC 7901 by their code, case folded."""

ANPA_PRIORITIES = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5}
"""Urgencies by ANPA's letters for priority: flash, bulletin, urgent, regular, deferred.

Others say when to print a dispatch (``a`` on weekdays, ``s`` on Sundays), not how urgent it is.
"""
