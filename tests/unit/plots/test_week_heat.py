from worker.plots.drawing import Figure
from worker.plots.week_heat import draw_week

FIGURE = Figure("When it publishes", "Most on Mondays at 09:00")


def test_the_area_of_a_square_is_its_count() -> None:
    counts = [[0.0] * 24 for _ in range(7)]
    counts[0][9], counts[0][10] = 40, 10
    drawn = draw_week(FIGURE, counts)
    assert 'width="20" height="20"><title>Mon 09:00 to 10:00: 40</title>' in drawn
    assert 'width="10" height="10"><title>Mon 10:00 to 11:00: 10</title>' in drawn
    assert "40 an hour" in drawn


def test_an_hour_without_anything_has_a_dot_and_one_of_which_nothing_is_known_has_none() -> None:
    drawn = draw_week(FIGURE, [[0.0, None] * 12] * 7)
    assert drawn.count('r="1.5"') == 7 * 12
    assert "Sun 23:00 to 24:00: no record" in drawn
