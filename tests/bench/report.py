"""What a run of the bench found, beside what `performance` asks for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from measure import Series


@dataclass
class Line:
    """One measured promise. ``ok`` None: told for orientation, no goal."""

    goal: int
    words: str
    wanted: str
    measured: str
    pairs: int
    ok: bool | None
    figures: dict = field(default_factory=dict)


class Report:
    """Collects lines; prints each as soon as it is known."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def ratio(
        self,
        goal: int,
        words: str,
        series: Series,
        most: float | None = None,
        least: float | None = None,
        unit: str = "x",
        invert: bool = False,
    ) -> Line:
        """A ratio against a limit; *invert* tells how many times cheaper the numerator is."""
        value, (low, high) = series.ratio, series.spread
        if invert:
            value, low, high = 1 / value, 1 / high, 1 / low
        ok, wanted = _judge(value, most, least, unit)
        figures = {
            "ratio": value,
            "spread": [low, high],
            "numerator": [asdict(cost) for cost in series.numerator],
            "denominator": [asdict(cost) for cost in series.denominator],
        }
        measured = f"{_short(value)} {unit} ({_short(low)} to {_short(high)})"
        return self._add(Line(goal, words, wanted, measured, len(series.numerator), ok, figures))

    def limit(
        self,
        goal: int,
        words: str,
        value: float,
        most: float | None = None,
        least: float | None = None,
        unit: str = "",
        times: int = 0,
        spread: tuple[float, float] | None = None,
    ) -> Line:
        """A plain figure against a limit."""
        ok, wanted = _judge(value, most, least, unit)
        measured = f"{_short(value)} {unit}".rstrip()
        if spread:
            measured += f" ({_short(spread[0])} to {_short(spread[1])})"
        figures = {"value": value, "spread": spread}
        return self._add(Line(goal, words, wanted, measured, times, ok, figures))

    def equal(self, goal: int, words: str, left, right, times: int = 1) -> Line:
        """Two results that must be the same."""
        same = left == right
        figures = {} if same else {"left": str(left)[:500], "right": str(right)[:500]}
        measured = "equal" if same else f"differ: {str(left)[:60]} / {str(right)[:60]}"
        return self._add(Line(goal, words, "equal", measured, times, same, figures))

    def _add(self, line: Line) -> Line:
        self.lines.append(line)
        mark = {True: "ok  ", False: "MISS", None: "    "}[line.ok]
        print(
            f"  {mark} {line.goal:>2}  {line.words:<62} {line.wanted:>14}  {line.measured}"
            f"{f'  n={line.pairs}' if line.pairs else ''}",
            flush=True,
        )
        return line

    @property
    def missed(self) -> list[Line]:
        return [line for line in self.lines if line.ok is False]

    def write(self, path: Path, about: dict) -> None:
        result = {"about": about, "lines": [asdict(line) for line in self.lines]}
        path.write_text(json.dumps(result, indent=1, default=str))


def _judge(value, most, least, unit: str) -> tuple[bool | None, str]:
    if most is not None:
        return value <= most, f"<= {_short(most)} {unit}".rstrip()
    if least is not None:
        return value >= least, f">= {_short(least)} {unit}".rstrip()
    return None, "told only"


def _short(value: float) -> str:
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
