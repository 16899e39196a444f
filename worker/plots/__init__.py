"""Plots: values in, SVG out, for the web page, files and documents; without clock, database or script.

===============================================  ========================================================
``stacked_columns.draw_columns``                 how many of each kind in every hour or day
``poll_strip.draw_poll_strip``                   how each poll ended, one mark a poll
``week_heat.draw_week``                          how much happens at each hour of the week
``timeline.draw_timeline``                       who had it when
``coverage_matrix.draw_matrix``                  feeds by days: how much came, whether we looked, what was missed
===============================================  ========================================================

Each takes a ``drawing.Figure`` first: its title and what it finds, which is all that somebody gets who does not see it.
A page links to ``palette.STYLESHEET`` and wraps a plot by ``drawing.draw_both``, so that a phone gets one drawn for it;
what is written to a file has ``stands_alone``.
"""
