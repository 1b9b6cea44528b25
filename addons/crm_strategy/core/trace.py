"""From need to contract: what hangs on what, what hangs on nothing, and what became doubtful.

Records of three levels are linked many to many: needs lead to functional specifications, these to
technical ones, these to commitments. A record that changed makes everything behind it doubtful
("suspect") until a person approves the link anew; approving one branch clears that branch only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .value import ratio

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

    def reaches_end(self, key: Key, approved_only: bool = False) -> bool:
        """Whether a way leads from a record to the last level.

        ``approved_only`` walks no doubtful link: the way then holds as it was agreed.
        """
        last = self.levels[-1]
        return key in last or any(found in last for found in self.below([key], approved_only))

    def below(self, keys: Iterable[Key], approved_only: bool = False) -> set[Key]:
        """Everything that hangs on the records, at any distance."""
        found: set[Key] = set()
        waiting = list(keys)
        while waiting:
            for link in self._down.get(waiting.pop(), ()):
                if approved_only and link in self.doubtful_links:
                    continue
                if link.target not in found:
                    found.add(link.target)
                    waiting.append(link.target)
        return found

    @cached_property
    def doubtful_links(self) -> frozenset[Link]:
        """Links whose source has a newer revision than the one that was approved."""
        revisions = {key: revision for level in self.levels for key, revision in level.items()}
        return frozenset(link for link in self.links if revisions[link.source] > link.seen)

    @cached_property
    def suspects(self) -> frozenset[Key]:
        """Records behind a doubtful link, at any distance."""
        starts = {link.target for link in self.doubtful_links}
        return frozenset(starts | self.below(starts))

    def ways(self) -> Iterator[tuple[Key | None, ...]]:
        """Every way through the levels, one key per level; None where there is no record.

        A record that answers nothing begins a way of its own, so that every record is in one.
        """
        for number, level in enumerate(self.levels):
            for key in level:
                if key not in self._up:
                    yield from self._walk(key, number, (None,) * number)

    def _walk(self, key: Key, number: int, before: tuple) -> Iterator[tuple[Key | None, ...]]:
        way = (*before, key)
        below = self.levels[number + 1] if number + 1 < len(self.levels) else ()
        targets = [link.target for link in self._down.get(key, ()) if link.target in below]
        for target in targets:
            yield from self._walk(target, number + 1, way)
        if not targets:
            yield way + (None,) * (len(self.levels) - len(way))
