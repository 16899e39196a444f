"""Metrics in the text format of Prometheus, version 0.0.4, which every collector of metrics reads.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from worker.values.tallies import ENDLESS, SUM, Part, Tallied, write_labels

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure of a metric."""

    value: float
    labels: str = ""
    """As Prometheus writes them between braces."""
    suffix: str = ""
    """What a histogram's samples have behind its name."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with all its figures."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Sequence[Sample]


def make_gauge(name: str, help_text: str, value: float | None) -> Metric:
    """Return a metric of one figure that rises and falls; without a value it has none."""
    return Metric(name, "gauge", help_text, [] if value is None else [Sample(value)])


def make_gauges(name: str, help_text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a metric of a figure for each value of one label."""
    return Metric(
        name, "gauge", help_text, [Sample(value, write_labels(**{label: said})) for said, value in values.items()]
    )


def make_tallied(what: Tallied, tallies: Mapping[Part, float]) -> Metric:
    """Return the counter or the histogram of something that is counted."""
    found = sorted({*what.kinds, *(labels for name, labels, _ in tallies if name == what.name)})
    if not what.bounds:
        counts = [Sample(tallies.get((what.name, each, ""), 0), each) for each in found]
        return Metric(what.name, "counter", what.help, counts)
    samples = [sample for each in found for sample in _spread(what, each, tallies)]
    return Metric(what.name, "histogram", what.help, samples)


def _spread(what: Tallied, labels: str, tallies: Mapping[Part, float]) -> Iterator[Sample]:
    """Yield the samples of a histogram: each of its buckets counts what is in those below it too."""
    count = 0.0
    for bound in (*map(str, what.bounds), ENDLESS):
        count += tallies.get((what.name, labels, bound), 0)
        yield Sample(count, ",".join(filter(None, (labels, write_labels(le=bound)))), "_bucket")
    yield Sample(tallies.get((what.name, labels, SUM), 0), labels, "_sum")
    yield Sample(count, labels, "_count")


def write_exposition(metrics: Iterable[Metric]) -> str:
    """Write metrics as Prometheus reads them; those without figures are left out."""
    return "".join(line for metric in metrics if metric.samples for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}\n"
    yield f"# TYPE {metric.name} {metric.kind}\n"
    for sample in metric.samples:
        labels = f"{{{sample.labels}}}" if sample.labels else ""
        yield f"{metric.name}{sample.suffix}{labels} {_write_number(sample.value)}\n"


def _write_number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
