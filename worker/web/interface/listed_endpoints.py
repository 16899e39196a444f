"""The listings: articles, feeds, polls, stories and hosts, each with the filters and the rows of its command."""

from worker.basics.units import LARGEST_ID
from worker.look.article_listing import as_shown, list_articles, moment_of_articles
from worker.look.feed_listing import list_feeds, moment_of_feeds
from worker.look.host_listing import list_hosts
from worker.look.poll_listing import list_polls, moment_of_polls
from worker.look.stories import list_stories
from worker.web.interface.listed_answers import Listing, list_rows
from worker.web.interface.parameters import whole
from worker.web.interface.wanted_rows import (
    AGENCY,
    FAILING,
    FEED,
    FEED_TAG,
    LANGUAGE,
    ORDER,
    OUTCOME,
    QUALITY,
    SINCE,
    SORT,
    STATE,
    TAG,
    TEXT,
    UNTIL,
)

ID_OF_FEED = whole("feed_id", "The feed's id.", 1, LARGEST_ID)
_ARTICLES = Listing(
    path="/v1/articles",
    key="articles",
    summary="Articles; `since` and `until` bound when they were published, with another `sort` when first seen",
    row="Article",
    rows=lambda connection, _now, wanted: map(as_shown, list_articles(connection, wanted)),
    moment_of=moment_of_articles,
    filters=(FEED, FEED_TAG, TAG, AGENCY, LANGUAGE, TEXT, SINCE, UNTIL, SORT, ORDER),
)
_FEEDS = Listing(
    path="/v1/feeds",
    key="feeds",
    summary="Feeds that are polled, in the order of their ids; with `since` or `until`, those added then",
    row="Feed",
    rows=list_feeds,
    moment_of=moment_of_feeds,
    filters=(STATE, QUALITY, FAILING, FEED_TAG, TEXT, SINCE, UNTIL),
    fixed={"is_polled": True},
)
_POLLS = Listing(
    path="/v1/polls",
    key="polls",
    summary="The ledger: what became of each poll, and when and why the feed is polled next",
    row="Poll",
    rows=lambda connection, _now, wanted: list_polls(connection, wanted),
    moment_of=moment_of_polls,
    filters=(FEED, OUTCOME, SINCE, UNTIL, ORDER),
)
_POLLS_OF_FEED = Listing(
    path="/v1/feeds/{feed_id}/polls",
    key="polls",
    summary="The ledger of one feed",
    row="Poll",
    rows=_POLLS.rows,
    moment_of=moment_of_polls,
    filters=(OUTCOME, SINCE, UNTIL, ORDER),
    in_path=(ID_OF_FEED,),
    name="list_polls_of_feed",
)
_STORIES = Listing(
    path="/v1/stories",
    key="stories",
    summary="Stories that more than one article tells; `since` and `until` bound when the last was first seen",
    row="ListedStory",
    rows=lambda connection, _now, wanted: list_stories(connection, wanted),
    moment_of=lambda _wanted: None,
    filters=(FEED, TEXT, SINCE, UNTIL, ORDER),
)
_HOSTS = Listing(
    path="/v1/hosts",
    key="hosts",
    summary="Hosts, in the order of their ids, and whether each may be asked now",
    row="Host",
    rows=list_hosts,
    moment_of=lambda _wanted: None,
    filters=(TEXT,),
)
ENDPOINTS = [list_rows(each) for each in (_ARTICLES, _FEEDS, _POLLS, _POLLS_OF_FEED, _STORIES, _HOSTS)]
