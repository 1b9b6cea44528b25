"""Formulas over indicators: an own small language, so that no admin's text is ever run as code.

Numbers, names of indicators, ``+ - * /``, brackets, comparisons, ``min(…)``, ``max(…)``,
``sum(…)``, ``if(condition, then, else)`` and ``known(value, otherwise)``. Nothing else: no power,
no text, no attribute, no call of anything that is not in this list.

"No data" travels: whatever needs a missing value is missing itself. ``sum``, ``min`` and ``max``
take what is there and are missing when nothing is; ``known`` says what stands in for the missing.
Division by zero is no data, never 0. A fault (a definition that cannot be computed) wins over
everything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, Overflow, localcontext

from .value import UNDEFINED, Fault, is_number

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_DIGITS = 30

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|==|!=|[-+*/(),<>]))"
)
_COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_ARITY = {"if": (3, 3), "known": (2, 2), "min": (1, None), "max": (1, None), "sum": (1, None)}


class FormulaError(ValueError):
    """The text is no formula: says where and why, in words for the person who wrote it."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.reason = reason
        self.position = position


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Operation:
    """``sign`` between two parts, or ``neg`` before one."""

    sign: str
    parts: tuple


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple


@dataclass(frozen=True)
class Formula:
    """A text that was understood: its tree, and the names it asks for."""

    text: str
    tree: object

    @property
    def names(self) -> frozenset[str]:
        """Codes of the indicators that the formula needs.

        >>> sorted(parse("won / (won + lost)").names)
        ['lost', 'won']
        """
        return frozenset(_names(self.tree))

    def grouping(self, plain: Collection[str]) -> str:
        """What a group of segments or months of the figure is: "sum", "ratio" or "none".

        "sum": the formula of sums is the sum of formulas, as long as all of its names are plain
        sums. "ratio": it divides two such formulas, so a group is sum over sum. "none": the
        figures of parts say nothing about the whole.

        :param plain: names of indicators that are plain sums

        >>> plain = {"won", "lost"}
        >>> [parse(text).grouping(plain) for text in ("won + lost", "2 * won - lost / 4")]
        ['sum', 'sum']
        >>> parse("won / (won + lost)").grouping(plain), parse("100 * won / lost").grouping(plain)
        ('ratio', 'ratio')
        >>> [parse(text).grouping(plain) for text in ("won + 1", "won * lost", "max(won, lost)")]
        ['none', 'none', 'none']
        >>> parse("won / rate").grouping(plain)
        'none'
        """
        if _degree(self.tree, plain) == 1:
            return "sum"
        return "ratio" if _split(self.tree, plain) else "none"

    def sums(self, values: Mapping[str, object], plain: Collection[str]) -> tuple:
        """What is kept of a result: (numerator, denominator), the latter None for a plain figure.

        Of a formula whose groups are ratios both sums, so that a group can be computed; each may be
        ``UNDEFINED`` or a ``Fault`` as a value may.

        >>> parse("won / (won + lost)").sums({"won": 3, "lost": 1}, {"won", "lost"})
        (Decimal('3'), Decimal('4'))
        >>> parse("max(won, lost)").sums({"won": 3, "lost": 1}, {"won", "lost"})
        (Decimal('3'), None)
        """
        parts = None if _degree(self.tree, plain) == 1 else _split(self.tree, plain)
        if not parts:
            return self.value(values), None
        return tuple(Formula(self.text, part).value(values) for part in parts)

    def value(self, values: Mapping[str, object]):
        """The result for given values: a Decimal, ``UNDEFINED`` or a ``Fault``.

        :param values: Decimal, int, ``UNDEFINED`` or ``Fault`` by name; a name that is not in it
            is a fault, because a misspelt indicator must not look like "no data".

        >>> parse("won / (won + lost)").value({"won": 3, "lost": 1})
        Decimal('0.75')
        >>> parse("won / lost").value({"won": 3, "lost": 0})
        UNDEFINED
        >>> parse("sum(a, b)").value({"a": 2, "b": UNDEFINED})
        Decimal('2')
        """
        with localcontext() as context:
            context.prec = MAX_DIGITS
            try:
                return _value(self.tree, values)
            except (InvalidOperation, Overflow):
                return Fault("formula", f"“{self.text}” leads to a number that is too large.")


def parse(text: str) -> Formula:
    """Understand a text as a formula.

    :raise FormulaError: with reason and position, when it is none.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"A formula has at most {MAX_LENGTH} characters", MAX_LENGTH)
    return Formula(text, _Parser(text).whole())


class _Parser:
    """Recursive descent: comparison, sum, product, sign, atom; each level one method."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def whole(self):
        tree = self.comparison()
        if self.kind != "end":
            raise self.error(f"“{self.word}” is not expected here")
        return tree

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def word(self) -> str:
        return self.tokens[self.at][1]

    def error(self, reason: str) -> FormulaError:
        return FormulaError(reason, self.tokens[self.at][2])

    def take(self, *signs: str) -> str | None:
        """The sign that stands here, if it is one of these; the parser then goes on."""
        if self.kind == "sign" and self.word in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def comparison(self):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"Brackets are nested deeper than {MAX_DEPTH}")
        left = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.signed))
        sign = self.take(*_COMPARISONS)
        if sign:
            right = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.signed))
            left = Operation(sign, (left, right))
        self.depth -= 1
        return left

    def chain(self, signs: tuple[str, ...], part):
        left = part()
        while sign := self.take(*signs):
            left = Operation(sign, (left, part()))
        return left

    def signed(self):
        negative = False
        while sign := self.take("-", "+"):
            negative ^= sign == "-"
        atom = self.atom()
        return Operation("neg", (atom,)) if negative else atom

    def atom(self):
        if self.take("("):
            tree = self.comparison()
            self.close()
            return tree
        kind, word = self.kind, self.word
        if kind == "number":
            self.at += 1
            return Number(Decimal(word))
        if kind == "name":
            self.at += 1
            return self.call(word) if self.take("(") else Name(word)
        raise self.error("A number, a name or a bracket is missing")

    def call(self, function: str) -> Call:
        if function not in _ARITY:
            self.at -= 2
            raise self.error(f"There is no function “{function}”")
        arguments = [self.comparison()]
        while self.take(","):
            arguments.append(self.comparison())
        self.close()
        least, most = _ARITY[function]
        if len(arguments) < least or (most and len(arguments) > most):
            raise self.error(f"“{function}” takes {least} values, not {len(arguments)}")
        return Call(function, tuple(arguments))

    def close(self) -> None:
        if not self.take(")"):
            raise self.error("A closing bracket is missing")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise FormulaError(f"“{text[start]}” has no meaning here", start)
        kind = found.lastgroup
        yield kind, found[kind], found.start(kind)
        at = found.end()
    yield "end", "", len(text)


def _names(tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    for part in getattr(tree, "parts", ()) or getattr(tree, "arguments", ()):
        yield from _names(part)


def _degree(tree, plain: Collection[str]) -> int | None:
    """0: a number; 1: adds up as its plain sums do; None: anything else."""
    if isinstance(tree, Number):
        return 0
    if isinstance(tree, Name):
        return 1 if tree.name in plain else None
    if isinstance(tree, Call):
        # "sum" leaves out what is missing: in each segment something else may be.
        return None
    degrees = [_degree(part, plain) for part in tree.parts]
    if None in degrees:
        return None
    if tree.sign == "neg":
        return degrees[0]
    left, right = degrees
    if tree.sign in "+-":
        return left if left == right else None
    if tree.sign == "*":
        return left + right if left + right <= 1 else None
    return left if tree.sign == "/" and right == 0 else None


def _split(tree, plain: Collection[str]) -> tuple | None:
    """Numerator and denominator of a division of two sums, maybe times or over a number."""
    if not isinstance(tree, Operation):
        return None
    if tree.sign == "neg":
        parts = _split(tree.parts[0], plain)
        return parts and (Operation("neg", parts[:1]), parts[1])
    if tree.sign not in ("*", "/"):
        return None
    left, right = tree.parts
    degrees = (_degree(left, plain), _degree(right, plain))
    if tree.sign == "/" and degrees == (1, 1):
        return left, right
    if degrees[1] == 0 and (parts := _split(left, plain)):
        return Operation(tree.sign, (parts[0], right)), parts[1]
    if tree.sign == "*" and degrees[0] == 0 and (parts := _split(right, plain)):
        return Operation("*", (left, parts[0])), parts[1]
    return None


def cycle_in(needs: Mapping[str, Collection[str]]) -> list[str]:
    """Names that need each other in a circle, the first one repeated at the end; empty if none.

    >>> cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    ['a', 'b', 'c', 'a']
    >>> cycle_in({"a": {"b", "c"}, "b": {"c"}})
    []
    """
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for needed in sorted(needs.get(name, ())):
            if circle := visit(needed, [*path, name]):
                return circle
        done.add(name)
        return []

    for name in sorted(needs):
        if circle := visit(name, []):
            return circle
    return []


def _value(tree, values: Mapping[str, object]):
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        return _named(tree.name, values)
    if isinstance(tree, Call):
        return _called(tree, values)
    return _operated(tree.sign, [_value(part, values) for part in tree.parts])


def _named(name: str, values: Mapping[str, object]):
    if name not in values:
        return Fault("formula", f"There is no indicator “{name}”.")
    value = values[name]
    return Decimal(str(value)) if is_number(value) else value


def _operated(sign: str, parts: list):
    for part in parts:
        if isinstance(part, Fault):
            return part
    if any(part is UNDEFINED for part in parts):
        return UNDEFINED
    if sign == "neg":
        return -parts[0]
    left, right = parts
    if sign == "/" and not right:
        return UNDEFINED
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "<": lambda: Decimal(left < right),
        ">": lambda: Decimal(left > right),
        "<=": lambda: Decimal(left <= right),
        ">=": lambda: Decimal(left >= right),
        "==": lambda: Decimal(left == right),
        "!=": lambda: Decimal(left != right),
    }[sign]()


def _called(call: Call, values: Mapping[str, object]):
    if call.function == "if":
        condition = _value(call.arguments[0], values)
        if isinstance(condition, Fault) or condition is UNDEFINED:
            return condition
        return _value(call.arguments[1 if condition else 2], values)
    found = [_value(argument, values) for argument in call.arguments]
    for value in found:
        if isinstance(value, Fault):
            return value
    if call.function == "known":
        return found[1] if found[0] is UNDEFINED else found[0]
    there = [value for value in found if value is not UNDEFINED]
    if not there:
        return UNDEFINED
    return {"min": min, "max": max, "sum": lambda items: sum(items, Decimal(0))}[call.function](
        there
    )
