"""A name as it is to stand in the records: that of the master where the reading names one of its entries, else as read.

What was altered says so: the raw text stays, the value names this engine, and its confidence is how likely the entry is
meant. A name that is near another one and is not taken for it loses confidence, since it may be that one misread.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.counterparties import Counterparty, name_key
from domain.page import EngineId
from extractors.parties.forms import mended
from extractors.parties.matching import Evidence, PartyIndex

PARTIES_ENGINE = EngineId(name="parties.v1", version="2")
"""Who altered a name; raise the version when another name could come out."""
_TAKEN = 0.2
"""Probability from which a similar name is taken where it is likelier than that the reading is right as it stands. A
person looks at it all the same: the one likeliest name is shown to them, not the one that is surely misread."""
_USUAL = 0.71
"""Confidence of a reading that says nothing of it: the share of right ones among those pairs."""
_FAMILIAR = 20.0
"""How much a name that stands in the master raises the odds that it was read rightly: of the 64 misread names learned
from, none was another name of a master of ten thousand, so that 50 would be the guess; 20 is the cautious half."""
_MENDED = 0.97
"""Of a name whose legal form was put right: the closed list leaves little choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReading:
    """What became of a name."""

    name: str
    probability: float
    by: Evidence | None
    """What named the entry; None where the name stands as read (or only its form was put right)."""
    party: Counterparty | None

    def altered(self, read: str) -> bool:
        """True where it is another name than was read, not just another writing of it."""
        return name_key(self.name) != name_key(read)


def settle_name(
    read: str, *, confidence: float | None, index: PartyIndex | None, misreadable: bool = True
) -> NameReading:
    """The name that a reading stands for.

    Args:
        read: as read.
        confidence: how likely it was read rightly, 0 to 1; None where that is unknown.
        index: the master; None where there is none.
        misreadable: False for text that came as data: it says what it says.
    """
    sure = _USUAL if confidence is None else confidence
    mend = mended(read) if misreadable else read
    for name in dict.fromkeys((read, mend)) if index is not None else ():
        match = index.by_name(name, confidence=confidence) if index is not None else None
        if match is not None and match.by is Evidence.NAME:
            raised = _odds(sure, _FAMILIAR) * match.probability
            return NameReading(name=match.party.name, probability=raised, by=match.by, party=match.party)
    match = index.by_name(mend, confidence=confidence) if index is not None and misreadable else None
    if match is not None and match.probability >= max(_TAKEN, match.stands):
        return NameReading(name=match.party.name, probability=match.probability, by=match.by, party=match.party)
    doubt = match.probability if match is not None else 0.0
    least = sure * _MENDED if name_key(mend) != name_key(read) else sure
    return NameReading(name=mend, probability=min(least, 1.0 - doubt), by=None, party=None)


def _odds(probability: float, factor: float) -> float:
    """A probability after evidence that is ``factor`` times as likely where it is true."""
    return probability * factor / (probability * factor + (1.0 - probability)) if probability < 1.0 else 1.0
