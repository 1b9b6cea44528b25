"""From need to contract: what hangs on what, what hangs on nothing, and what became doubtful.

Records of three levels are linked many to many: needs lead to functional specifications, these to
technical ones, these to commitments. A record that changed makes everything behind it doubtful
("suspect") until a person approves the link anew; approving one branch clears that branch only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from .value import UNDEFINED, Undefined, ratio

Key = Hashable


@dataclass(frozen=True)
class Link:
    """``target`` answers ``source``; ``seen`` is the revision of the source that was approved."""

    source: Key
    target: Key
    seen: int = 1


@dataclass(frozen=True)
class Trace:
    """Levels from the first to the last, each with revision by key, and the links between them."""

    levels: tuple[Mapping[Key, int], ...]
    links: tuple[Link, ...]
    _down: dict = field(init=False, repr=False, compare=False)
    _up: dict = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        down: dict[Key, list[Link]] = {}
        up: dict[Key, list[Link]] = {}
        for link in self.links:
            down.setdefault(link.source, []).append(link)
            up.setdefault(link.target, []).append(link)
        object.__setattr__(self, "_down", down)
        object.__setattr__(self, "_up", up)

    def childless(self, level: int) -> list[Key]:
        """Records of a level that lead to nothing (a need without specification)."""
        return [key for key in self.levels[level] if key not in self._down]

    def parentless(self, level: int) -> list[Key]:
        """Records of a level that answer nothing (a specification without need)."""
        return [key for key in self.levels[level] if key not in self._up]

    def coverage(self, level: int = 0):
        """Share of a level's records that reach the last level over links without a gap.

        No data when the level is empty.
        """
        reached = sum(self.reaches_end(key) for key in self.levels[level])
        return ratio(reached, len(self.levels[level]))

    def reaches_end(self, key: Key) -> bool:
        """Whether a way leads from a record to the last level."""
        return bool(self.below([key]) & set(self.levels[-1])) or key in self.levels[-1]

    def below(self, keys: Iterable[Key]) -> set[Key]:
        """Everything that hangs on the records, at any distance."""
        found: set[Key] = set()
        waiting = list(keys)
        while waiting:
            for link in self._down.get(waiting.pop(), ()):
                if link.target not in found:
                    found.add(link.target)
                    waiting.append(link.target)
        return found

    def doubtful_links(self) -> set[Link]:
        """Links whose source has a newer revision than the one that was approved."""
        revisions = {key: revision for level in self.levels for key, revision in level.items()}
        return {link for link in self.links if revisions[link.source] > link.seen}

    def suspects(self) -> set[Key]:
        """Records behind a doubtful link, at any distance."""
        starts = {link.target for link in self.doubtful_links()}
        return starts | self.below(starts)


def share(part: int, whole: int) -> object | Undefined:
    """A coverage figure of counts; no data for nothing."""
    return ratio(part, whole) if whole else UNDEFINED
