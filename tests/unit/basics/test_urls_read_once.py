import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.basics.test_urls import PAGE, URLS
from worker.basics.urls import absolute_and_canonical, absolute_url, canonical_url, site, site_of_page


@pytest.mark.parametrize("url", [f"{PAGE}?utm_source=rss&a=1#top", f"{PAGE}?a=1&\tamp;utm_source=rss", "/a", ""])
def test_a_url_is_read_once_for_both_its_forms(url: str) -> None:
    absolute = absolute_url(url, PAGE)
    assert absolute_and_canonical(url, PAGE) == (absolute, absolute and canonical_url(absolute))


@given(URLS, st.none() | URLS)
def test_both_forms_of_any_text_are_those_that_each_is_read_for(url: str, base: str | None) -> None:
    absolute = absolute_url(url, base)
    assert absolute_and_canonical(url, base) == (absolute, canonical_url(absolute) if absolute else None)


@given(URLS)
def test_the_site_of_a_page_is_that_of_its_url(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or site_of_page(canonical) == site(canonical)
