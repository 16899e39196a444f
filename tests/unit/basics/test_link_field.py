import pytest

from worker.basics.link_field import read_links

HUB = "https://hub.example/"


@pytest.mark.parametrize(
    ("field", "links"),
    [
        (f'<{HUB}>; rel="hub"', [({"hub"}, HUB)]),
        (f"<{HUB}>;rel=HUB", [({"hub"}, HUB)]),
        (f'<{HUB}> ; rel = "hub self"', [({"hub", "self"}, HUB)]),
        ('</a>; rel=self, <b?x=1,2;3>; title="a, \\"b\\"; c"; rel="hub"', [({"self"}, "/a"), ({"hub"}, "b?x=1,2;3")]),
        (f'<{HUB}>; rel="next"; rel="hub"', [({"next"}, HUB)]),
        (f"<{HUB}>", [(set(), HUB)]),
        (f'<{HUB}>; rel="hub"; anchor="https://other.example/"', []),
        (f"<{HUB}>; rel; title*=UTF-8''a;;, ,<{HUB}>; rel=hub", [(set(), HUB), ({"hub"}, HUB)]),
        (f'{HUB}; rel="hub"', []),
        (f'<{HUB}; rel="hub"', []),
        ("", []),
    ],
)
def test_links_are_read_as_rfc_8288_has_them(field: str, links: list[tuple[set[str], str]]) -> None:
    assert list(read_links(field)) == [(frozenset(relations), target) for relations, target in links]


def test_no_more_links_are_read_than_anybody_needs() -> None:
    assert len(list(read_links(", ".join(["<a>; rel=hub"] * 100)))) == 50
