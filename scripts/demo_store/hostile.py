"""Titles and bodies that mean harm: what is shown of them must be inert."""

_LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
FRAGMENTS = (
    (
        "<script>alert('title')</script> A title that is a script",
        "<p>Words<script>alert(1)</script> after a script.</p>",
    ),
    (
        "\u202egnp.exe A title that is turned round\u202c",
        "<p>\u202eThis line is turned round, and never turned back.</p><p>This one is not.</p>",
    ),
    (
        "A title with an image <img src=x onerror=alert(1)>",
        '<p><img src="x" onerror="alert(1)">An image that runs a script.</p>',
    ),
    (f"A title of one word: {_LONG_WORD}", f"<p>{_LONG_WORD}{_LONG_WORD}</p>"),
    (
        '"><svg onload=alert(1)> A title that ends an attribute',
        '<svg onload="alert(1)"><a href="javascript:alert(1)">a link</a></svg><p>After a drawing.</p>',
    ),
    (
        "A title with a link javascript:alert(1)",
        '<p><a href="JaVaScRiPt:alert(1)">A link that is a script</a>, <a href="data:text/html,<script>alert(1)</script>">one that is a page</a>.</p>',
    ),
    ("{{ 7 * 7 }} ${7*7} <%= 7*7 %> A title that is a template", "<p>{{ config }} {% for x in y %} #{7*7}</p>"),
    ("' OR 1=1; DROP TABLE articles;-- A title that is SQL", "<p>Robert'); DROP TABLE feeds;--</p>"),
    (
        "A body with a frame and a form",
        '<iframe src="https://evil.example/"></iframe><form action="https://evil.example/"><input name="token" autofocus onfocus="alert(1)"></form><p>After a form.</p>',
    ),
    (
        "A body with styles and a base",
        '<style>body{display:none}</style><base href="https://evil.example/"><p style="position:fixed;top:0;left:0;width:100%;height:100%">It covers nothing.</p>',
    ),
    ("A body with a meta refresh", '<meta http-equiv="refresh" content="0;url=https://evil.example/"><p>It stays.</p>'),
    (
        "A title of \u200bzero\u200b width\u2060 and e\u0301\u0301\u0301\u0301\u0301\u0301\u0301 accents",
        "<p>Z̸̢͇̫a̷͖l̶̪g̵̢o words, as some write them.</p>",
    ),
    (
        "שלום A title of two directions عالم and back 123",
        "<p dir=rtl>مرحبا <bdo dir=ltr>abc</bdo></p><p>And Latin again.</p>",
    ),
    ("</title><h1>A title that ends the page</h1>", "</div></main></body></html><p>Ends that have no beginning.</p>"),
    ("A body of nested emphasis", f"{'<b><i>' * 120}deep{'</i></b>' * 120}"),
    (
        "A body with a tracking picture",
        '<p>Seen?</p><img src="https://tracker.example/p.gif" width="1" height="1"><img src="https://pictures.example/large.jpg" width="4000" alt="A large picture">',
    ),
    (
        "A body with MathML and a video",
        '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math><video src="https://video.example/a.mp4" autoplay onplay="alert(1)"></video>',
    ),
    (
        "\U0001f4f0\U0001f5de\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 A title of emoji \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "<p>\U0001f600 words</p>",
    ),
)
"""Title, and body as HTML."""
