import pytest

from worker.normalise.wire_key import wire_key
from worker.values import Entry


def _key(slug: str | None = None, named: str | None = None, agency: str | None = None, title: str = "") -> str | None:
    return wire_key(Entry(slug=slug, named_slug=named, agency=agency), title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SKARHOLM/FERRY", "skarholm-ferry"),
        ("BC-EU--Lock Gates", "bc-eu--lock  gates"),
        ("AM-Skarholm", "PM-Skarholm"),
        ("BC-Lock Gates", "Lock-Gates"),
        ("Fähre-Straße", "FÄHRE-STRASSE"),
    ],
)
def test_slugs_are_one_whichever_way_they_are_written(one: str, other: str) -> None:
    assert _key(one) == _key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("BC-EU--Markets", "BC-AS--Markets"), ("skarholm-ferry", "skarholm-ferry-pier"), ("BC", "AM"), ("上海", "北京")],
)
def test_other_slugs_are_other_ones(one: str, other: str) -> None:
    assert _key(one) != _key(other)


def test_with_a_slug_agency_and_headline_do_not_matter() -> None:
    assert _key("skarholm-ferry", agency="AP", title="Ferry sails") == _key("skarholm-ferry") == "skarholm-ferry"


def test_without_a_slug_agency_and_headline_stand_in() -> None:
    assert _key(agency="AP", title="Ferry to Skarholm sails!") == "ap: ferry-to-skarholm-sails"
    assert _key(agency="Reuters", title="Ferry to Skarholm sails!") != _key(
        agency="AP", title="Ferry to Skarholm sails!"
    )


@pytest.mark.parametrize("slug", [None, "", "///"])
def test_what_no_wire_sent_has_none(slug: str | None) -> None:
    assert _key(slug, title="Ferry to Skarholm sails!") is None
    assert _key(slug, agency="AP") is None


@pytest.mark.parametrize(
    ("own", "named", "key"),
    [
        (None, "BC-Lock Gates", "lock-gates"),
        ("BC-Corrections", "BC-EU--Lock Gates", "eu-lock-gates"),
        # A slug is named in short where it is the notice's own.
        ("BC-EU--Lock Gates", "Lock Gates", "eu-lock-gates"),
        ("lock-gates", "lock-gates", "lock-gates"),
        ("flock-gates", "lock-gates", "lock-gates"),
    ],
)
def test_a_notice_goes_under_the_slug_that_it_names(own: str | None, named: str, key: str) -> None:
    assert _key(own, named) == key


def test_a_key_is_short_enough_for_an_index() -> None:
    assert len(_key("x" * 5_000) or "") == len(_key(agency="x" * 5_000, title="y") or "") == 200
