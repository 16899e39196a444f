"""Four pieces of news to publish, one a day, whose words have nothing in common."""

from dataclasses import dataclass

TEXTS = """
The harbour bridge was opened again on Monday after two winters of repairs to its piers, which had been eaten away by
the tide faster than anyone had reckoned when it was built. The first cars crossed at dawn, behind a brass band.

Librarians counted three hundred and twelve gulls on the roof of the central library, one more than in the year before,
and for the first time a heron, which left before the count was over and was entered in pencil only.

A well that nobody had known of was found under number nine when the cellar was drained; it is some eleven metres deep
and lined with brick, and the owner means to keep it, with a grating, as soon as the council has been to see it.

The night market moves indoors for the season: forty stalls will be set up in the old tram depot, whose roof was mended
in autumn, and the organisers ask for patience with the heating, which dates from nineteen twenty-eight.
""".strip().split("\n\n")


@dataclass(frozen=True)
class Story:
    number: int
    published: str

    @property
    def title(self) -> str:
        return f"Story {self.number}"

    @property
    def text(self) -> str:
        return TEXTS[self.number]


STORIES = [Story(number, f"{number + 1} 07:30") for number in range(4)]
