"""Findings counted instead of listed, so that a whole archive is verified in the memory of a few pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storage.evidence.verifier.findings import Finding, Reason, Verdict

MOST_LISTED = 100
"""Findings listed for each check and reason; more are counted. A person looks at a few and asks how many."""


@dataclass(slots=True)
class Tally:
    """What was looked at: passes as numbers, everything else in full up to a limit."""

    passes: Counter[str] = field(default_factory=Counter)
    listed: dict[tuple[str, Reason | None], list[Finding]] = field(default_factory=dict)
    more: Counter[tuple[str, Verdict, Reason | None]] = field(default_factory=Counter)
    """How many were not listed."""

    def add(self, finding: Finding) -> None:
        """One finding."""
        if finding.verdict is Verdict.PASSED:
            self.passes[finding.name] += 1
            return
        alike = self.listed.setdefault((finding.name, finding.reason), [])
        if len(alike) < MOST_LISTED:
            alike.append(finding)
        else:
            self.more[(finding.name, finding.verdict, finding.reason)] += 1

    def extend(self, findings: Iterable[Finding]) -> None:
        """Several."""
        for finding in findings:
            self.add(finding)

    def join(self, other: Tally) -> None:
        """What another tally holds."""
        self.passes.update(other.passes)
        self.more.update(other.more)
        for alike in other.listed.values():
            self.extend(alike)

    def objections(self) -> Iterator[Finding]:
        """What did not pass, in the order in which it was found under each check."""
        for alike in self.listed.values():
            yield from alike
