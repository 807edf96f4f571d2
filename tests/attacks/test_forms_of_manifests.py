"""A manifest may hold any JSON: whoever makes a whole archive or bundle anew digests and signs what they like.

Whatever stands in place of any value of any record, the verifier answers; it never stops half way.
"""

import hashlib
import json
import random
from datetime import timedelta

import pytest

from domain.calendar import tokyo_day
from domain.evidence import Outcome
from domain.query import Query
from pipeline.steps.approval_people import delegate, end_delegation
from pipeline.steps.approvals import decide, submit
from pipeline.steps.exporting import export
from pipeline.steps.verify import publish, stamp_all_pending
from storage.evidence.verifier import Anchors, EarlierHead, Policy
from storage.evidence.verifier.acts import scan_leaves
from storage.evidence.verifier.approvals_of_vault import document_findings
from storage.evidence.verifier.places import leaf_path
from storage.evidence.verifier.scan import Scan
from storage.evidence.verifier.whole import Whole
from storage.evidence.verify import Roots, verify_exported
from storage.objects.bulk import open_shelf
from tests.support.approving import file_invoice, serial, staff
from tests.support.bundles import records, seal
from tests.support.desk import Desk

STRANGE = (
    *(None, True, -1, 10**40, 10**4000, 1.5, "", "..", "../../x", "x" * 3000, "sha256:zz"),
    *("2026-11-22T00:00:00", "9999-12-31T23:59:59+00:00"),
    *([], [[]], [None], ["x"], [["x", "y"]], {}, {"digest": {}}, {"value": []}),
)
"""In place of a value; times without a zone and at the end of all time among them."""
SEED = 20261122
BUNDLES = 100
"""Bundles that are verified, each with several strange values."""
EACH = 3
"""Strange values in each place of the vault's records."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An archive with a batch of timestamps, an approval, a delegation and a frozen document."""
    desk = Desk(tmp_path_factory.mktemp("home"))
    who = staff(desk.shoko)
    document = file_invoice(desk)
    serial(desk.shoko, who, "kacho", "bucho")
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    today = tokyo_day(desk.shoko.clock())
    delegate(desk.shoko, by=who["bucho"], to=who["shacho"], first_on=today, last_on=today + timedelta(days=1))
    decide(desk.shoko, document, approve=True, by=who["shacho"])
    end_delegation(desk.shoko, 1, by=who["bucho"])
    stamp_all_pending(desk.shoko, close=True)
    publish(desk.shoko)
    desk.document = document
    yield desk
    desk.shoko.close()


class Objects:
    """The objects of a vault, in memory."""

    def __init__(self, shelf):
        self.kept = {path: shelf.content(path) for path in shelf.paths()}

    def content(self, path):
        return self.kept.get(path)

    def digest(self, path, algorithm="sha256"):
        content = self.kept.get(path)
        return None if content is None else (hashlib.new(algorithm, content).digest(), len(content))

    def paths(self, folder=""):
        return (path for path in self.kept if path.startswith(folder))

    def faults(self):
        return ()


def places(value, way=()):
    """Every place of a JSON value."""
    yield way
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*way, name))
    elif isinstance(value, list):
        for at, one in enumerate(value[:2]):
            yield from places(one, (*way, at))


def changed(content, way, value):
    """Canonical JSON with one value replaced."""
    plain = {"": json.loads(content)}
    inside, name = plain, ""
    for step in way:
        inside, name = inside[name], step
    inside[name] = value
    return canonical(plain[""])


def canonical(plain):
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def with_digest(leaf, content):
    plain = json.loads(leaf)
    plain["manifest_digest"]["value"] = hashlib.sha256(content).hexdigest()
    return canonical(plain)


def test_the_vault(desk):
    vault = Objects(open_shelf(desk.shoko.store, "vault", "default/"))
    leaves = {int(path[-17:-5]): content for path, content in vault.kept.items() if path.startswith("log/leaves/")}
    by_digest = {hashlib.sha256(content).hexdigest(): path for path, content in vault.kept.items()}
    marked = tuple(n for n, content in leaves.items() if b'"approv' in content or b'"delegation' in content)
    chance, tried, seen = random.Random(SEED), 0, set()
    for number, leaf in leaves.items():
        plain = json.loads(leaf)
        path = by_digest[plain["manifest_digest"]["value"]]
        for way in places(json.loads(vault.kept[path])):
            if (plain["kind"], way) in seen:
                continue
            seen.add((plain["kind"], way))
            for value in chance.sample(STRANGE, EACH):
                made = {path: changed(vault.kept[path], way, value)}
                look(desk, vault, made, number, marked if number in marked else ())
                tried += 1
        for way in places(plain):
            if ("leaf", plain["kind"], way) not in seen:
                seen.add(("leaf", plain["kind"], way))
                for value in chance.sample(STRANGE, EACH):
                    scan_with(vault, {leaf_path(number): changed(leaf, way, value)}, (number,))
                    tried += 1
    assert tried > 700


def look(desk, vault, objects, number, also):
    """A manifest, its leaf made to fit, and everything that leans on it."""
    (content,) = objects.values()
    made = objects | {leaf_path(number): with_digest(vault.kept[leaf_path(number)], content)}
    scan_with(vault, made, tuple(dict.fromkeys((number, *also))))
    if also:
        read = {**vault.kept, **made}.get
        list(document_findings(read, desk.document, [(2, "2026-11-22T00:00:00"), (2, "9999-12-31T23:59:59+00:00")]))


def scan_with(vault, objects, numbers):
    kept = vault.kept
    vault.kept = {**kept, **objects}
    try:
        scan = Scan(vault, client_id="default", anchors=Anchors(), policy=Policy(), mark=lambda _: 0)
        scan.destroyed = frozenset(path for path in kept if path.startswith("blobs/"))
        for number in numbers:
            whole = Whole(expected=(), tile=vault.content, tiles_until=0)
            whole.add(scan_leaves(scan, number, number + 1))
            whole.finish(Policy())
    finally:
        vault.kept = kept


def test_a_bundle(desk, tmp_path):
    export(desk.shoko, Query(), tmp_path / "bag", whole=True)
    bag, chance = tmp_path / "bag", random.Random(SEED)
    leaves, manifests = (records(bag, kind).read_bytes().split(b"\n")[:-1] for kind in ("leaves", "manifests"))
    heads = {name: (bag / f"data/log/{name}").read_bytes() for name in ("head.json", "exported.json")}
    lines = [(at, way) for at, line in enumerate(manifests) if line for way in places(json.loads(line))]
    for number in range(BUNDLES):
        mine, theirs = list(leaves), list(manifests)
        for at, way in chance.sample(lines, 5):
            theirs[at] = changed(manifests[at], way, chance.choice(STRANGE))
            mine[at] = with_digest(leaves[at], theirs[at])
        at = chance.randrange(len(leaves))
        mine[at] = changed(mine[at], chance.choice(list(places(json.loads(mine[at])))), chance.choice(STRANGE))
        for kind, found in (("leaves", mine), ("manifests", theirs)):
            records(bag, kind).write_bytes(b"".join(line + b"\n" for line in found))
        for name, content in heads.items():
            way = chance.choice(list(places(json.loads(content))))
            strange = changed(content, way, chance.choice(STRANGE)) if number % 3 == 0 else content
            (bag / f"data/log/{name}").write_bytes(strange)
        if number % 10 == 0:
            seal(bag)
        assert verify_exported(bag, roots=Roots()).outcome is Outcome.FAILED


def test_a_list_with_numbers_that_nobody_can_count(desk, tmp_path):
    export(desk.shoko, Query(), tmp_path / "bag")
    bag, long = tmp_path / "bag", "9" * 5000
    for name, line in (
        ("data/log/tree/00.txt", f"{long} {'0' * 64}\n"),
        ("data/log/consistency.txt", f"{long} {'0' * 64}\n"),
        ("bag-info.txt", f"Payload-Oxum: {long}.{long}\n"),
    ):
        content = (bag / name).read_text()
        (bag / name).write_text(line + content)
        assert (
            verify_exported(bag, roots=Roots(earlier_heads=(EarlierHead(tree_size=1, root=bytes(32)),))).outcome
            is Outcome.FAILED
        ), name
        (bag / name).write_text(content)
