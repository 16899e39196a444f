"""Scripts in which each character counts as a word."""

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Their ranges, for a class of a regular expression.

Thai, Lao, Myanmar, Khmer, Han with its extensions, kana and bopomofo put no spaces between words; Hangul's part
phrases.
"""
