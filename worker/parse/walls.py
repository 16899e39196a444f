"""Walls that keep robots out, told by the page they send in a feed's place, often with a plain 200.

The marks are of the challenge itself. What walls put into the pages they let through is none:
``challenge-platform/scripts``, ``check.ddos-guard.net``, ``awswaf.com``, ``_Incapsula_Resource?SWJIYLWA``, ``pxAppId``.
"""

_HEAD = 65_536
_MARKS = {
    b"_cf_chl_opt": "Cloudflare",
    b"/.within.website/x/": "Anubis",
    b"captcha-delivery.com/": "DataDome",
    b"_Incapsula_Resource?SWUDNSAI": "Imperva",
    b"_Incapsula_Resource?CWUDNSAI": "Imperva",
    b"px-captcha": "HUMAN",
    b"gokuProps": "AWS WAF",
    b"sucuri_cloudproxy_js": "Sucuri",
    b"/.well-known/ddos-guard/": "DDoS-Guard",
    b"/.well-known/sgcaptcha/": "SiteGround",
    b"Vercel Security Checkpoint": "Vercel",
}
# Also stands beside comment and contact forms: a wall is a small page with little else on it, and no way to log in.
_CAPTCHAS = (
    b"hcaptcha.com/1/api.js",
    b"challenges.cloudflare.com/turnstile/",
    b"google.com/recaptcha/",
    b"recaptcha.net/recaptcha/",
)
_SMALL = 16_000
_LOGIN = b'type="password"'


def find_wall(page: bytes) -> str | None:
    """Return the name of the wall that an HTML page is part of, or null."""
    head = page[:_HEAD]
    if named := next((wall for mark, wall in _MARKS.items() if mark in head), None):
        return named
    is_gate = len(page) <= _SMALL and _LOGIN not in page and any(captcha in page for captcha in _CAPTCHAS)
    return "a captcha" if is_gate else None
