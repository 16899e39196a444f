"""Walls that keep robots out, told by the fields they refuse with: then it was they who answered, not the publisher.

What a wall adds to everything that passes it (``cf-ray``, ``x-datadome``, ``x-sucuri-id``, a bare ``x-iinfo``, cookies)
proves nothing: a 403 may be the publisher's own. HUMAN and DDoS-Guard send no more than that; they are told only by the
pages they send with a 200 (``worker.parse.walls``).
"""

import re
from http import HTTPStatus

from worker.fetch.head import Head

_ONLY_WITH_A_REFUSAL = {
    # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    "cf-mitigated": "Cloudflare",
    # https://docs.datadome.co/reference/validate-request
    "x-dd-b": "DataDome",
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html
    "x-amzn-waf-action": "AWS WAF",
    # Not in their makers' documents; seen with challenges and refusals only.
    "x-vercel-mitigated": "Vercel",
    "x-sucuri-block": "Sucuri",
    "sg-captcha": "SiteGround",
}
# Akamai's edge names itself only in answers of its own; others pass with the publisher's name.
_EDGE = "AkamaiGHost"
# Imperva's account of a request ends in B12(…) where it answered with an error page of its own.
_IMPERVAS_OWN = re.compile(r" B\d{1,3}\(")


def find_wall(head: Head) -> str | None:
    """Return the name of the wall that answered in the publisher's place, or null."""
    fields = head.fields
    if named := next((wall for name, wall in _ONLY_WITH_A_REFUSAL.items() if fields.get(name)), None):
        return named
    if head.status != HTTPStatus.FORBIDDEN:
        return None
    if fields.get("server") == _EDGE:
        return "Akamai"
    return "Imperva" if _IMPERVAS_OWN.search(fields.get("x-iinfo", "")) else None
