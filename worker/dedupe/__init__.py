"""Stage dedupe: which article each entry is, and which version each article shows. Pure.

``identity`` says which article each entry of a document is; ``renamed`` knows entries again that came back under other
guids; ``likeness`` compares words and dates for both; ``drafts`` holds the articles as they will be; ``shown_version``
picks the version that an article shows.

A guid names an article within its feed; a match key names one across feeds. Where the two disagree, the guid wins. We
believe either only as far as the words agree with it: feeds give old entries new guids, and new entries old guids or
old URLs.
"""
