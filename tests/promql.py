"""As much of Prometheus's language as the alert rules speak, for machines without promtool.

Unlike Prometheus, ``increase`` and ``delta`` are what the samples themselves say, without extrapolation.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
_TOKEN = re.compile(r'\s*("[^"]*"|\d+(?:\.\d+)?[smhd]?|[a-zA-Z_:][\w:]*|=~|==|[-+*/<>(){}\[\],=])')
_OPERATORS: Sequence[Mapping[str, Callable[[float, float], float]]] = (
    {">": operator.gt, "<": operator.lt, "==": operator.eq},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Scrape:
    """What was answered at a moment; None where nothing was."""

    at: float
    text: str | None


def evaluate(expression: str, scrapes: Sequence[Scrape]) -> Vector:
    """Return what an expression finds at the moment of the last scrape."""
    found = _Reader(_TOKEN.findall(expression), scrapes).read_all()
    assert isinstance(found, dict), f"a rule finds series, no number: {expression}"
    return found


def read_series(scrape: Scrape) -> Vector:
    """Return the samples of a scrape, as a job ``feedmill`` has them."""
    told = {"job": "feedmill", "instance": "test"}
    series: Vector = {_labels({**told, "__name__": "up"}): float(scrape.text is not None)}
    for family in text_string_to_metric_families(scrape.text or ""):
        for sample in family.samples:
            series[_labels({**told, **sample.labels, "__name__": sample.name})] = sample.value
    return series


def _labels(labels: Mapping[str, str]) -> Labels:
    return frozenset(labels.items())


def _without(labels: Labels, *names: str) -> Labels:
    return frozenset(pair for pair in labels if pair[0] not in names)


class _Reader:
    """Reads and evaluates tokens from the left, by the precedence that Prometheus gives its operators."""

    def __init__(self, tokens: list[str], scrapes: Sequence[Scrape]) -> None:
        self._tokens = tokens
        self._scrapes = [(scrape.at, read_series(scrape)) for scrape in scrapes]
        self._now = scrapes[-1].at

    def read_all(self) -> Vector | float:
        found = self._read_and()
        assert not self._tokens, f"not understood: {self._tokens}"
        return found

    def _take(self, *wanted: str) -> str:
        token = self._tokens.pop(0)
        assert not wanted or token in wanted, f"{token} in place of {wanted}"
        return token

    def _next_is(self, *tokens: str) -> bool:
        return bool(self._tokens) and self._tokens[0] in tokens

    def _read_and(self) -> Vector | float:
        left = self._read_operation(0)
        while self._next_is("and"):
            self._take()
            ignored = self._read_ignored()
            right = self._read_operation(0)
            assert isinstance(left, dict)
            assert isinstance(right, dict)
            kept = {_without(each, "__name__", *ignored) for each in right}
            left = {each: value for each, value in left.items() if _without(each, "__name__", *ignored) in kept}
        return left

    def _read_operation(self, level: int) -> Vector | float:
        if level == len(_OPERATORS):
            return self._read_operand()
        left = self._read_operation(level + 1)
        while self._next_is(*_OPERATORS[level]):
            sign = self._take()
            ignored = self._read_ignored()
            left = _combine(left, self._read_operation(level + 1), _OPERATORS[level][sign], ignored, filters=level == 0)
        return left

    def _read_ignored(self) -> list[str]:
        if not self._next_is("ignoring"):
            return []
        self._take()
        return self._read_names()

    def _read_names(self) -> list[str]:
        self._take("(")
        names = []
        while (name := self._take()) != ")":
            names += [] if name == "," else [name]
        return names

    def _read_operand(self) -> Vector | float:
        token = self._take()
        if token[0].isdigit():
            return float(token)
        if token == "(":
            found = self._read_and()
            self._take(")")
            return found
        if token == "time":
            self._read_names()
            return self._now
        if token == "sum":
            self._take("by")
            return self._read_sum(self._read_names())
        if token in {"increase", "delta"}:
            return self._read_change(is_counter=token == "increase")
        return _match(token, self._read_matchers(), self._scrapes[-1][1])

    def _read_sum(self, names: list[str]) -> Vector:
        self._take("(")
        found = self._read_and()
        self._take(")")
        assert isinstance(found, dict)
        sums: Vector = {}
        for each, value in found.items():
            group = frozenset(pair for pair in each if pair[0] in names)
            sums[group] = sums.get(group, 0) + value
        return sums

    def _read_change(self, *, is_counter: bool) -> Vector:
        self._take("(")
        name, matchers = self._take(), self._read_matchers()
        self._take("[")
        window = self._take()
        self._take("]")
        self._take(")")
        since = self._now - int(window[:-1]) * _SECONDS[window[-1]]
        ranges: dict[Labels, list[float]] = {}
        for at, series in self._scrapes:
            for each, value in _match(name, matchers, series).items() if at > since else ():
                ranges.setdefault(_without(each, "__name__"), []).append(value)
        return {each: _change(values, is_counter) for each, values in ranges.items() if len(values) > 1}

    def _read_matchers(self) -> list[tuple[str, str]]:
        matchers: list[tuple[str, str]] = []
        if self._next_is("{"):
            self._take()
            while not self._next_is("}"):
                name, sign, value = self._take(), self._take("=", "=~"), self._take().strip('"')
                matchers.append((name, value if sign == "=~" else re.escape(value)))
                if self._next_is(","):
                    self._take()
            self._take("}")
        return matchers


def _match(name: str, matchers: Sequence[tuple[str, str]], series: Vector) -> Vector:
    found: Vector = {}
    for each, value in series.items():
        labels = dict(each)
        if labels["__name__"] == name and all(re.fullmatch(said, labels.get(label, "")) for label, said in matchers):
            found[each] = value
    return found


def _change(values: Sequence[float], is_counter: bool) -> float:
    if not is_counter:
        return values[-1] - values[0]
    # A counter that falls began again at zero.
    return sum(after - before if after >= before else after for before, after in pairwise(values))


def _combine(
    left: Vector | float,
    right: Vector | float,
    operate: Callable[[float, float], float],
    ignored: Sequence[str],
    *,
    filters: bool,
) -> Vector | float:
    if not isinstance(left, dict) and not isinstance(right, dict):
        return float(operate(left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        others = {_without(each, "__name__", *ignored): value for each, value in right.items()}
        pairs = [
            (each, value, others[key])
            for each, value in left.items()
            if (key := _without(each, "__name__", *ignored)) in others
        ]
    elif isinstance(left, dict):
        pairs = [(each, value, float(right)) for each, value in left.items()]  # type: ignore[arg-type]  # a number
    else:
        pairs = [(each, float(left), value) for each, value in right.items()]  # type: ignore[union-attr]  # series
    if filters:
        return {each: first for each, first, second in pairs if operate(first, second)}
    return {_without(each, "__name__"): operate(first, second) for each, first, second in pairs}
