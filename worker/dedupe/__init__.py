"""Stage dedupe: which article each entry is, which version each article shows, and on which article a notice acts.

A guid names an article within its feed; a match key names one across feeds. Where the guid says one article and the
key another, the guid wins. Both are believed only as far as the words bear them out: feeds give old entries new guids,
and new entries old guids or old URLs. What an article shows follows from what its sightings say, in whatever order
they came.
"""
