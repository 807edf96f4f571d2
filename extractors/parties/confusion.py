"""What reading costs: how far a reading is from a name, with characters that are mistaken for one another close by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from domain.companies import split_company
from domain.text import search_key

MISSING = 0.75
"""Cost of a character of the name that was not read: whole parts of names get lost, so less than a wrong one's."""
EXTRA = 0.8
"""Cost of a character that was read and is not in the name: neighbours, lines and stamps are read along."""
OTHER = 1.0
"""Cost of another character than the one that stands there, where nothing is known about the two."""
SEEN_ONCE = 0.6
"""Cost where the two were mistaken for one another once among the pairs learned from; less each further time."""
OF_FORM = 0.25
"""Weight of a character of the legal form: four of five names have 株式会社, it tells little and is often cut off."""

Table = Mapping[tuple[str, str], float]
"""(character of the name, character read) → cost below OTHER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A name made comparable, with how much each character of it tells."""

    key: str
    weights: tuple[float, ...]
    form: bool
    """It holds a legal form."""

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return sum(self.weights)

    @property
    def told(self) -> float:
        """Weight of what is not legal form."""
        return sum(weight for weight in self.weights if weight == 1.0)


_OLD_FORMS = str.maketrans(
    "亂僞儉剩劑勵單囑壘壞壤壹姬娛孃對屬峽巖巢帶廢廳彈徑徵恆惱戀戰戲拔擇擔據擧擴攝敍曆歷殼淚溪滯潛澁獵獻畧疊禪稱穩絕緣縱"
    "聽肅膽臟舍舖蟲蠶裝覺覽說謠讓贊踐輕辨辯釀鋪鑄錄隨險雙雞顏騷驗",
    "乱偽倹剰剤励単嘱塁壊壌壱姫娯嬢対属峡巌巣帯廃庁弾径徴恒悩恋戦戯抜択担拠挙拡摂叙暦歴殻涙渓滞潜渋猟献略畳禅称穏絶縁縦"
    "聴粛胆臓舎舗虫蚕装覚覧説謡譲賛践軽弁弁醸舗鋳録随険双鶏顔騒験",
)
"""Old forms of characters that names are written with and readers give for new ones, beyond those of search."""


def writing(name: str) -> Writing:
    """A name or a reading made comparable (``domain.text.search_key``: variants, look-alikes, forms, spaces)."""
    key = comparable(name)
    form = split_company(key).form
    start = key.find(search_key(form)) if form else -1
    length = len(search_key(form)) if form else 0
    weights = tuple(OF_FORM if start <= i < start + length and start >= 0 else 1.0 for i in range(len(key)))
    return Writing(key=key, weights=weights, form=start >= 0)


def comparable(name: str) -> str:
    """What two writings of a name share: as in search, and old forms of characters for the new ones."""
    return search_key(name.translate(_OLD_FORMS))


def distance(read: Writing, name: Writing, table: Table, *, limit: float = float("inf")) -> float:
    """Cost of reading ``read`` where ``name`` stands (a weighted edit distance); above ``limit`` it may stop early."""
    row = [0.0]
    for weight in name.weights:
        row.append(row[-1] + MISSING * weight)
    for character, weight in zip(read.key, read.weights, strict=True):
        extra = EXTRA * weight
        following = [row[0] + extra]
        for j, (true, heavy) in enumerate(zip(name.key, name.weights, strict=True)):
            if true == character:
                best = row[j]
            else:
                cost = table.get((true, character), OTHER)
                best = row[j] + cost * max(weight, heavy)
            best = min(best, row[j + 1] + extra, following[j] + MISSING * heavy)
            following.append(best)
        row = following
        if min(row) > limit:
            return min(row)
    return row[-1]


def is_part(read: Writing, name: Writing) -> bool:
    """True where every character read stands in the name, in order: parts were lost and nothing was misread."""
    rest = iter(name.key)
    return len(read.key) < len(name.key) and all(character in rest for character in read.key)


def similarity(read: Writing, name: Writing, table: Table, *, least: float = 0.0) -> float:
    """1 for the same key down to 0; below ``least`` only that it is below."""
    whole = max(read.total, name.total)
    if not whole:
        return 0.0
    return max(0.0, 1.0 - distance(read, name, table, limit=(1.0 - least) * whole) / whole)


def aligned(read: str, name: str) -> tuple[tuple[str, str], ...]:
    """Pairs (character of the name, character read) where one stands for another in the cheapest alignment."""
    rows, columns = len(read) + 1, len(name) + 1
    cost = [[float(i + j) if not i or not j else 0.0 for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            same = cost[i - 1][j - 1] + (0.0 if read[i - 1] == name[j - 1] else 1.1)
            cost[i][j] = min(same, cost[i - 1][j] + 1.0, cost[i][j - 1] + 1.0)
    pairs = []
    i, j = rows - 1, columns - 1
    while i and j:
        if cost[i][j] == cost[i - 1][j - 1] + (0.0 if read[i - 1] == name[j - 1] else 1.1):
            if read[i - 1] != name[j - 1]:
                pairs.append((name[j - 1], read[i - 1]))
            i, j = i - 1, j - 1
        elif cost[i][j] == cost[i - 1][j] + 1.0:
            i -= 1
        else:
            j -= 1
    return tuple(pairs)


_ALIKE = 0.7
"""Share of a name that has to be read as it stands before its other characters teach anything: below it the alignment
is a guess."""


def learn(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Count which character was read where which stands: ``"真貞"`` → times, from pairs (reading, true name)."""
    counts: Counter[str] = Counter()
    for read, true in pairs:
        left, right = comparable(read), comparable(true)
        wrong = aligned(left, right)
        if not right or len(wrong) > (1 - _ALIKE) * len(right) or len(left) < _ALIKE * len(right):
            continue
        counts.update(a + b for a, b in wrong)
    return dict(sorted(counts.items()))


def costs(counts: Mapping[str, int]) -> dict[tuple[str, str], float]:
    """Counts as costs; a mistake in one direction is half a mistake in the other."""
    seen: Counter[tuple[str, str]] = Counter()
    for pair, times in counts.items():
        seen[pair[0], pair[1]] += 2 * times
        seen[pair[1], pair[0]] += times
    return {pair: SEEN_ONCE / (times / 2) ** 0.5 if times > 1 else 0.8 for pair, times in seen.items()}


@lru_cache(maxsize=1)
def shipped() -> Table:
    """The table that comes with the program."""
    plain = json.loads(files("extractors.parties").joinpath("confusions.json").read_text(encoding="utf-8"))
    return costs(plain["counts"])
