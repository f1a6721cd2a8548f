"""The `where` of an audience, compiled to ClickHouse: parsed by sqlglot, every node checked, every literal a parameter.

The text that comes out is written here from a closed list of words; nothing of the text that goes in is pasted.

    visits_30 >= 3 AND minutes_in('food-2', 7) > 20
    (p.visits_30 >= {w0:Int64} AND f0 > {w1:Int64})         f0: a feature, summed per member from profile_zone

What does not live here: the audience around it and the query (`marketing.audiences`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schemas import PROFILE, ConfigError

COLUMNS = tuple(column.name for column in PROFILE.columns if column.name not in ("day", "member"))
DAYS = (7, 30, 90)
FUNCTIONS = ("minutes_in", "stays_in")
LONGEST = 4000  # characters

_COMPARISONS = {exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_LOGIC = {exp.And: "AND", exp.Or: "OR"}
_PARTS = {"this", "expression", "expressions", "low", "high", "is_string", "quoted", "typed", "safe"}


@dataclass
class Condition:
    """A compiled `where`: `text` over p (the profile) and the features, and the values of its parameters."""

    text: str = ""
    parameters: dict[str, str | int | float] = field(default_factory=dict)
    features: dict[str, str] = field(default_factory=dict)  # sum over a member's rows of profile_zone -> its name


def compile_where(where: str, known_places: Collection[str] | None = None) -> Condition:
    """`where` as a ClickHouse condition; raises ConfigError, one line, that names the part it cannot take.

    A condition is made of AND, OR, NOT, comparisons, IN, BETWEEN and IS NULL over numbers; a number is a profile
    column, a literal, minutes_in('zone or site', 7|30|90), stays_in('zone'), or + - * / of these.
    """
    try:
        node = _parsed(where)
        condition = Condition()
        condition.text = _Compiler(condition, known_places).condition(node)
    except RecursionError:
        raise ConfigError("where: it is nested too deeply") from None
    return condition


def _parsed(where: str) -> exp.Expression:
    if len(where) > LONGEST:
        raise ConfigError(f"where: it has {len(where)} characters, {LONGEST} at most")
    try:
        statements = sqlglot.parse(where, read="clickhouse")
    except SqlglotError as error:
        raise ConfigError(f"where: {_one_line(error)}") from None
    if len(statements) != 1 or statements[0] is None:
        raise ConfigError("where: it must be one condition, such as visits_30 >= 3")
    return statements[0]


def _one_line(error: SqlglotError) -> str:
    places = getattr(error, "errors", None)
    if places:
        return f"{places[0]['description'].split(' for <')[0]}, at character {places[0]['col']}"
    return "it cannot be read: a quote or a comment is not closed"


class _Compiler:
    """Walks one parsed condition; what it emits are its own words, column names of PROFILE, and parameter names."""

    def __init__(self, target: Condition, known_places: Collection[str] | None) -> None:
        self._target, self._known_places = target, known_places

    def condition(self, node: Any) -> str:
        """Something that holds or not."""
        kind = type(node)
        _plain(node)
        if kind in _LOGIC:
            return self._chain(node)
        if kind is exp.Not:
            return f"(NOT {self.condition(node.this)})"
        if kind is exp.Paren:
            return self.condition(node.this)
        if kind in _COMPARISONS:
            return f"({self.number(node.this)} {_COMPARISONS[kind]} {self.number(node.expression)})"
        if kind is exp.In and node.expressions:
            return f"({self.number(node.this)} IN ({', '.join(self._literal(each) for each in node.expressions)}))"
        if kind is exp.Between:
            low, high = self.number(node.args["low"]), self.number(node.args["high"])
            return f"({self.number(node.this)} BETWEEN {low} AND {high})"
        if kind is exp.Is and type(node.expression) is exp.Null:
            return f"({self.number(node.this)} IS NULL)"
        raise _refusal(node, "is no condition")

    def number(self, node: Any) -> str:
        """Something that is a number."""
        kind = type(node)
        _plain(node)
        if kind is exp.Column:
            return self._column(node)
        if kind is exp.Literal:
            return self._literal(node)
        if kind in _ARITHMETIC:
            return f"({self.number(node.this)} {_ARITHMETIC[kind]} {self.number(node.expression)})"
        if kind is exp.Neg:
            return f"(- {self.number(node.this)})"
        if kind is exp.Paren:
            return self.number(node.this)
        if kind is exp.Anonymous:
            return self._feature(node)
        raise _refusal(node, "is no number that an audience may ask for")

    def _chain(self, node: Any) -> str:
        """`a AND b AND c`, which sqlglot nests to the left, without a level of recursion each."""
        kind, parts = type(node), []
        while type(node) is kind:
            _plain(node)
            parts.append(self.condition(node.expression))
            node = node.this
        parts.append(self.condition(node))
        return "(" + f" {_LOGIC[kind]} ".join(reversed(parts)) + ")"

    def _column(self, node: Any) -> str:
        name = node.name
        if type(node.this) is not exp.Identifier or name not in COLUMNS:
            raise _refusal(node, f"is no profile column; there are {', '.join(COLUMNS)}")
        return f"p.{COLUMNS[COLUMNS.index(name)]}"

    def _literal(self, node: Any) -> str:
        _plain(node)
        if type(node) is exp.Neg and type(node.this) is exp.Literal:
            return f"(- {self._literal(node.this)})"
        if type(node) is not exp.Literal or node.is_string:
            raise _refusal(node, "stands where a number is needed")
        return self._parameter(_value(node))

    def _feature(self, node: Any) -> str:
        name, given = str(node.this).lower(), node.expressions
        if name not in FUNCTIONS:
            raise _refusal(node, f"is no function of audiences; there are {', '.join(FUNCTIONS)}")
        texts = [each for each in given[:1] if type(each) is exp.Literal and each.is_string]
        if name == "stays_in":
            if len(given) != 1 or not texts:
                raise _refusal(node, "must be stays_in('zone')")
            return self._summed("stays_30", f"zone = {self._place(texts[0])}")
        days = _value(given[1]) if len(given) == 2 and type(given[1]) is exp.Literal else None
        if not texts or days not in DAYS:
            raise _refusal(node, "must be minutes_in('zone or site', 7 or 30 or 90)")
        place = self._place(texts[0])
        return self._summed(f"minutes_{days}", f"zone = {place} OR site = {place}")

    def _place(self, node: Any) -> str:
        if self._known_places is not None and node.this not in self._known_places:
            raise _refusal(node, "is no zone or site of the district")
        return self._parameter(str(node.this))

    def _summed(self, column: str, rows: str) -> str:
        """The name of a feature: `column` summed over the matching rows of one member."""
        name = f"f{len(self._target.features)}"
        self._target.features[f"sumIf({column}, {rows})"] = name
        return f"z.{name}"

    def _parameter(self, value: str | int | float) -> str:
        name = f"w{len(self._target.parameters)}"
        self._target.parameters[name] = value
        kind = {str: "String", int: "Int64", float: "Float64"}[type(value)]
        return f"{{{name}:{kind}}}"


def _plain(node: Any) -> None:
    """Refuses a node that carries anything beyond the parts we read: GLOBAL, a qualifier, a window, a sub-query."""
    extra = {part for part, value in node.args.items() if value} - _PARTS
    if extra:
        raise _refusal(node, "is not allowed here")


def _value(node: Any) -> int | float | str:
    if node.is_string:
        return str(node.this)
    try:
        number = float(node.this)
        whole = int(node.this) if str(node.this).isdecimal() else None
    except ValueError:
        raise _refusal(node, "is no number") from None
    if whole is None and number not in (float("inf"), float("-inf")):
        return number
    if whole is None or whole >= 2**63:
        raise _refusal(node, "is too large")
    return whole


def _refusal(node: Any, why: str) -> ConfigError:
    part = " ".join(node.sql(dialect="clickhouse").split())
    return ConfigError(f"where: {part if len(part) <= 60 else part[:57] + '...'} {why}")
