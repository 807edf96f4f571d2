"""Which counterparty of the master a document names: by number, telephone, account, or a name more or less well read.

The index is built once per state of the master; a lookup looks at the dozen names that share the rarest pieces with the
reading. Nothing is invented: the answer is an entry of the master with how likely it is meant, or nothing.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from domain.companies import strip_honorific
from domain.counterparties import Counterparty, Master, account_key, phone_key
from domain.fields import BankAccount
from extractors.parties.confusion import Table, Writing, comparable, is_part, shipped, similarity, writing
from extractors.parties.words import loose

_LOOKED_AT = 12
"""Names compared closely: on the pairs learned from, the right one was among the first six."""
_COMMON = 0.1
"""Pieces that more of the names than this share (株式, 会社) are not looked up."""
_LEAST = 0.3
"""Below this similarity nothing is a candidate."""
_LONGEST = 120
"""Characters; longer readings are no names, and comparing them takes long."""
_FAR = 0.3
"""Margins to the second best beyond this tell nothing more."""
_MISREAD = 0.29
"""Share of misread names among the pairs that the weights were fitted on: what a reading's own confidence is set
against."""


class Evidence(StrEnum):
    """What names a counterparty."""

    NAME = "name"
    """Its name or another writing of it, but for folding."""
    SIMILAR = "similar"
    """A name close to what was read."""
    NUMBER = "registration_number"
    PHONE = "phone"
    ACCOUNT = "bank_account"
    REGISTER = "issuer_register"
    """The public register's entry of the registration number, where the master has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyMatch:
    """An entry of the master."""

    party: Counterparty
    by: Evidence
    similarity: float
    """0 to 1, of the reading to the closest of its names; 0 where no name was read."""
    probability: float
    """How likely it is meant: counted for names, near 1 for numbers."""
    stands: float = 0.0
    """How likely the reading is right as it is and names another company, one that is not in the master."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A counterparty whose name is like a reading."""

    party: Counterparty
    similarity: float
    """0 to 1, of its closest writing."""
    told: float
    """Weight of the characters of that writing that are not its legal form."""
    part: bool
    """The reading is that writing with characters left out."""
    form_lost: bool
    """That writing has a legal form and the reading has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each part of ``evidence`` says: for the nearest name, and for the reading as it stands, against neither."""

    meant: tuple[float, ...]
    stands: tuple[float, ...]

    def shares(self, read: str, ranked: Sequence[Near], *, confidence: float | None) -> tuple[float, float]:
        """How likely the nearest name is meant, and how likely the reading is right as it is."""
        parts = evidence(read, ranked)
        meant, stands = (sum(w * x for w, x in zip(own, parts, strict=True)) for own in (self.meant, self.stands))
        if confidence is not None:
            sure = min(max(confidence, 0.01), 0.99)
            stands += math.log(sure / (1 - sure)) - math.log((1 - _MISREAD) / _MISREAD)
        most = max(meant, stands, 0.0)
        odds = [math.exp(value - most) for value in (meant, stands, 0.0)]
        return odds[0] / sum(odds), odds[1] / sum(odds)


def evidence(read: str, ranked: Sequence[Near]) -> tuple[float, ...]:
    """What the probability of a similar name is made of.

    The similarity of the best, how much less similar the next best is, how much the best tells; and the marks of a
    damaged reading, which another company's name does not bear: parts left out, a legal form lost, fewer words.

    Args:
        read: the reading.
        ranked: the nearest, best first; at least one.
    """
    best = ranked[0]
    near = min(best.similarity - (ranked[1].similarity if len(ranked) > 1 else 0.0), _FAR)
    marks = (float(best.part), float(best.form_lost), loose(read) - loose(best.party.name))
    return (1.0, best.similarity, near, math.log1p(best.told), best.similarity * near, *marks)


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Weights of ``evidence`` that come with the program (fitted by ``samples.training.parties``)."""
    plain = json.loads(files("extractors.parties").joinpath("confusions.json").read_text(encoding="utf-8"))
    return Weights(meant=tuple(plain["meant"]), stands=tuple(plain["stands"]))


def nearness(read: str, names: Iterable[str]) -> float:
    """Similarity of a reading to the closest of some names."""
    left = writing(strip_honorific(read)[0])
    return max((similarity(left, writing(name), shipped()) for name in names), default=0.0)


class PartyIndex:
    """A master, ready to be asked. Immutable once built; names of closed counterparties are left out."""

    def __init__(self, master: Master, *, table: Table | None = None, weights: Weights | None = None) -> None:
        """Index every writing of every counterparty."""
        self._table = shipped() if table is None else table
        self._weights = shipped_weights() if weights is None else weights
        self._parties = tuple(one for one in master if not one.closed)
        self._owners: list[int] = []
        self._writings: list[Writing] = []
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._posted: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self._parties):
            for name in (one.name, *one.variants):
                self._post(number, name)
        most = max(50.0, _COMMON * len(self._writings))
        self._rarity = {
            piece: math.log(1 + len(self._writings) / len(places))
            for piece, places in self._posted.items()
            if len(places) <= most
        }
        self._numbers = _unique((n, i) for i, one in enumerate(self._parties) for n in one.registration_numbers)
        self._phones = _unique((n, i) for i, one in enumerate(self._parties) for n in one.phones)
        self._accounts = _unique(
            (key, i) for i, one in enumerate(self._parties) for a in one.bank_accounts if (key := account_key(a))
        )

    def _post(self, number: int, name: str) -> None:
        made = writing(name)
        place = len(self._writings)
        self._writings.append(made)
        self._owners.append(number)
        if number not in self._by_key[made.key]:
            self._by_key[made.key].append(number)
        for piece in _pieces(made.key):
            self._posted[piece].append(place)

    def __len__(self) -> int:
        """Number of counterparties that can be found."""
        return len(self._parties)

    def by_number(self, number: str) -> Counterparty | None:
        """The only owner of a registration number, or None."""
        return self._owner(self._numbers.get(number))

    def by_phone(self, text: str) -> Counterparty | None:
        """The only one with a telephone number, or None."""
        return self._owner(self._phones.get(phone_key(text)))

    def by_account(self, account: BankAccount) -> Counterparty | None:
        """The only one with a bank account, or None."""
        return self._owner(self._accounts.get(account_key(account)))

    def named(self, name: str) -> Counterparty | None:
        """The only counterparty with exactly this name (but for folding), or None."""
        owners = self._by_key.get(_key(name), [])
        return self._parties[owners[0]] if len(owners) == 1 else None

    def by_name(self, name: str, *, confidence: float | None = None) -> PartyMatch | None:
        """Whom a reading names, or None where nothing is near.

        Args:
            name: as read.
            confidence: how likely every character is read rightly, where that is known: a sure reading that differs
                from a name of the master is another company.
        """
        if len(name) > _LONGEST:
            return None
        key = _key(name)
        exact = self._by_key.get(key, [])
        if key and exact:
            party = self._best_written(name, exact)
            sure = _EXACT if len(exact) == 1 else 0.5
            return PartyMatch(party=party, by=Evidence.NAME, similarity=1.0, probability=sure)
        ranked = self.nearest(name)
        if not ranked:
            return None
        best = ranked[0]
        meant, stands = self._weights.shares(name, ranked, confidence=confidence)
        return PartyMatch(
            party=best.party, by=Evidence.SIMILAR, similarity=best.similarity, probability=meant, stands=stands
        )

    def nearest(self, name: str) -> tuple[Near, ...]:
        """Counterparties with a name like a reading, best first; at most a dozen."""
        read = writing(strip_honorific(name)[0])
        shared: dict[int, float] = defaultdict(float)
        for piece in _pieces(read.key):
            rarity = self._rarity.get(piece)
            if rarity is not None:
                for place in self._posted[piece]:
                    shared[place] += rarity
        found: dict[int, Near] = {}
        for place in sorted(shared, key=lambda place: (-shared[place], place))[:_LOOKED_AT]:
            true, owner = self._writings[place], self._owners[place]
            near = similarity(read, true, self._table, least=_LEAST)
            if near >= _LEAST and (owner not in found or near > found[owner].similarity):
                found[owner] = Near(
                    party=self._parties[owner],
                    similarity=near,
                    told=true.told,
                    part=is_part(read, true),
                    form_lost=true.form and not read.form,
                )
        return tuple(sorted(found.values(), key=lambda one: -one.similarity))

    def _best_written(self, name: str, numbers: list[int]) -> Counterparty:
        parties = [self._parties[number] for number in numbers]
        return next((p for p in parties if name in {p.name, *p.variants}), parties[0])

    def _owner(self, number: int | None) -> Counterparty | None:
        return None if number is None else self._parties[number]


_EXACT = 0.98
"""A reading that is a name of the master: how likely it is meant where the name is that of one company only."""


def _key(name: str) -> str:
    return comparable(strip_honorific(name)[0])


def _pieces(key: str) -> set[str]:
    framed = f"^{key}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)} | set(key)


def _unique(pairs: Iterable[tuple[Hashable, int]]) -> dict[Hashable, int]:
    """Key → its only owner; keys that several share name nobody."""
    found: dict[Hashable, set[int]] = defaultdict(set)
    for key, owner in pairs:
        found[key].add(owner)
    return {key: owners.pop() for key, owners in found.items() if len(owners) == 1}
