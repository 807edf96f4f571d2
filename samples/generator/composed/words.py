"""What stands in the blocks of composed pages: names, sums, days, sentences. Everything seeded."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from samples.generator.composed.phrases import (
    BALANCE,
    BILINGUAL,
    ENGLISH,
    HEADERS,
    PAIRS,
    SENTENCES,
    SUMS,
    TITLES,
)
from samples.generator.facts import a_day, make_rows
from samples.generator.printing import BUSINESS_DAYS, DAY_PRINTERS, ERA_DAYS, ITEM_YEN, YEN_PRINTERS, number_printed
from samples.generator.vocabulary import Company, Vocabulary, make_company, person


@dataclass(frozen=True, slots=True)
class Words:
    """A source of words for one page."""

    rng: random.Random
    vocabulary: Vocabulary

    def company(self) -> Company:
        """Some company."""
        return make_company(self.rng, self.vocabulary)

    def person(self) -> str:
        """A full name."""
        return person(self.rng, self.vocabulary)[0]

    def ours(self) -> str:
        """The client's name."""
        return self.vocabulary.our_company

    def day(self) -> str:
        """A day, printed in one of many ways."""
        day = a_day(self.rng) + timedelta(days=self.rng.randrange(40))
        return DAY_PRINTERS[self.rng.choice((*BUSINESS_DAYS, *ERA_DAYS))](day)

    def short_day(self) -> str:
        """Month and day."""
        return f"{self.rng.randint(1, 12)}/{self.rng.randint(1, 28)}"

    def amount(self, *, high: int = 1_500_000) -> int:
        """A sum of money, small ones more often."""
        return max(1, int(high ** self.rng.uniform(0.4, 1.0)))

    def yen(self) -> str:
        """A sum as it stands in a row."""
        return self.rng.choice(ITEM_YEN)(self.amount())

    def big_yen(self) -> str:
        """A sum as it stands alone."""
        return self.rng.choice(YEN_PRINTERS)(self.amount())

    def code(self) -> str:
        """A number of a document or customer."""
        serial = self.rng.randrange(1, 999999)
        return self.rng.choice((f"{serial:06d}", f"A{serial % 10000:04d}", f"2025-{serial % 10000:04d}", f"{serial}"))

    def registration(self) -> str:
        """A registration number as printed."""
        return number_printed(self.company().registration_number, self.rng)

    def title(self) -> str:
        """Of a page."""
        return self.rng.choice(("", "", "", " ", "  ", "\u3000")).join(self.rng.choice(TITLES))

    def sentence(self) -> str:
        """One sentence."""
        return self.rng.choice(SENTENCES)

    def english(self) -> str:
        """One sentence in English."""
        return self.rng.choice(ENGLISH)

    def prose(self, sentences: int) -> str:
        """Sentences that follow each other."""
        return "".join(self.rng.sample(SENTENCES, min(sentences, len(SENTENCES))))

    def labels(self, count: int) -> list[str]:
        """Labels of values."""
        return self.rng.sample(PAIRS, count)

    def balances(self, count: int) -> list[str]:
        """Labels of sums of a statement, in a sensible order."""
        chosen = sorted(self.rng.sample(range(len(BALANCE)), count))
        return [BALANCE[i] for i in chosen]

    def sums(self, count: int) -> list[str]:
        """Labels of sums under a table."""
        chosen = sorted(self.rng.sample(range(len(SUMS)), count))
        return [SUMS[i] for i in chosen]

    def headers(self, count: int) -> list[str]:
        """Of a table's columns."""
        return self.rng.sample(HEADERS, count)

    def bilingual(self, count: int) -> list[tuple[str, str]]:
        """Labels in two languages."""
        return self.rng.sample(BILINGUAL, count)

    def goods(self, count: int) -> list[tuple[str, str, str, str, str]]:
        """Rows of articles: name, quantity, unit, price, amount."""
        rows = make_rows(self.rng, self.rng.choice(self.vocabulary.business_goods), count, most=9)
        yen = self.rng.choice(ITEM_YEN)
        return [(r.article.name, f"{r.quantity:,}", r.article.unit, yen(r.price), yen(r.amount)) for r in rows]

    def bank(self) -> tuple[str, str, str, str, str]:
        """Bank, branch, kind, number, holder."""
        return (
            self.rng.choice(self.vocabulary.banks),
            self.rng.choice(self.vocabulary.branches),
            self.rng.choice(("普通", "当座")),
            f"{self.rng.randrange(10_000_000):07d}",
            self.company().kana,
        )

    def value(self, label: str) -> str:
        """Something that may stand beside a label."""
        if any(sign in label for sign in ("日", "期限", "納期")):
            return self.day()
        if any(sign in label for sign in ("番号", "コード", "型番")):
            return self.registration() if label == "登録番号" else self.code()
        if any(sign in label for sign in ("金額", "料", "額")):
            return self.big_yen()
        if any(sign in label for sign in ("担当", "名前", "起案", "氏名")):
            return self.person()
        if "数" in label:
            return str(self.rng.randint(1, 300))
        company = self.company()
        return self.rng.choice(
            (company.name, company.address, company.phone, self.rng.choice(self.vocabulary.subjects), self.person())
        )
