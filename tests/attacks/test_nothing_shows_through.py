"""Non-interference: what somebody may not see changes nothing of what they are shown.

One archive is looked at twice by the same people, on every page and in every file: before, and after much was done to
documents that they may not see, each beside one that they do see: filed as its duplicate, of the same counterparty,
related to it, asked for together with it, divided from it, scanned again, corrected, waiting in the inbox. Every answer
has to be the same.
"""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest

from domain.calendar import TOKYO, utc_now
from domain.ids import Origin
from domain.people import Role
from domain.relations import Relation
from domain.requests import RequestKind
from pipeline.batch import open_batch, run_plain
from pipeline.steps import access, people
from pipeline.steps.deposit import deposit
from pipeline.steps.paper import keep_paper
from pipeline.steps.relations import relate
from pipeline.steps.requests import ask, decide
from pipeline.steps.rescan import rescan
from pipeline.steps.retention import hold
from pipeline.steps.verify import log_head, publish, stamp_all_pending
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.documents import text_pdf
from tests.support.records import make_draft
from tests.support.snapshots import addresses, finished, look

PAPER = ("INVOICE", "Alpha Trading KK", "Invoice No. INV-7781", "Date 2026-10-20", "Consulting, October")
OF_INSTALLATION = (
    # the log is one for all: how long it is, and the signed head over it, are told to everybody who verifies
    (r'"(tree_size|log_size|size)":\s*\d+', r'"\1":0'),
    (r'"signed_at":"[^"]*"|全 \d+ 件|ログ全体で \d+ 件|\d+:head|\b0 / \d+|[\d/]+ [\d:]+ JST（\d+）', "head"),
    # a proof of inclusion leads from an entry to that head (RFC 9162 §2.1.3)
    (r'"path":\[[^\]]*\]|(<li>\s*[0-9a-f]{64}</li>\s*)+', "path"),
    # how much there is altogether is told to administrators alone, without a word of what it is
    (r'"(drops|units|stamped_units|revisions|pending_stamps)":\s*\d+|"drops_by_state":\{[^}]*\}', r'"\1"'),
    (
        r"<dt>(受け付けたファイル|原本（入力単位）|版|ログの件数|タイムスタンプ付与待ち)</dt>\s*<dd[^>]*>[\d,]+</dd>",
        r"\1",
    ),
    # a second factor that is offered anew with each look, and its picture
    (r"[A-Z2-7]{32}|<path d=\"M2 2[^\"]*\"", "offered"),
)
"""What is properly of the installation, or drawn by lot: patterns and what stands for them. Besides these only the
moment of the look and the newest head with its signature are taken out."""
OF_WORK = (
    # names drawn by lot for each job and bundle
    (r'(export-|/jobs/|%2Fjobs%2F|"job_id":")[0-9a-f]{32}', "job"),
    # when a result goes, and how large the proofs of a bundle are in a log that is longer
    (r'"(expires_at|size_bytes|files)":\s*("[^"]*"|\d+)|[\d.]+ [KM]B（ファイル \d+）', "job"),
    (r"now:\d\d", "now"),
)
"""The same of work in the background."""


class Clock:
    """Stands still until it is put forward: what is shown of now is the same through one look."""

    def __init__(self):
        self.now = utc_now().replace(microsecond=123456)

    def __call__(self):
        return self.now


class World:
    """Documents of which some are hidden, and the people who look."""

    def __init__(self, folder):
        self.clock = Clock()
        self.desk = Desk(folder, clock=self.clock)
        self.shoko = shoko = self.desk.shoko
        for code, name in (("keiri", "経理部"), ("jinji", "人事部")):
            access.name_department(shoko, code, name, by="kanri")
        roles = (Role.ACCOUNTANT, Role.APPROVER, Role.SCANNER)
        add_people(shoko, keiri=roles, jinji=roles)
        for login, department in (("keiri", "keiri"), ("kanri", "keiri"), ("jinji", "jinji")):
            people.set_departments(shoko, login, [department], by="kanri")
        self.shown = self.file(*PAPER, "Total 1,000", name="shown.pdf")
        other = self.file("RECEIPT", "Alpha Trading KK", "Date 2026-10-22", "Total 3,000", name="other.pdf")
        whole = self.file("INVOICE", "Stack of two", name="stack.pdf")
        unit_id = self.desk.newest(whole).pages[0].unit_id
        parts = [make_draft(unit_id, document_id=f"doc-part-{n}", text=f"Stack {n}") for n in (1, 2)]
        self.desk.archive.regroup({whole: self.desk.newest(whole).revision}, parts, recorded_by="sato", reason="2件")
        self.hide("doc-part-2")
        relate(shoko, self.shown, Relation.SUPPLEMENTS, other, by="keiri", reason="一つの取引")
        self.request = ask(shoko, RequestKind.CORRECTION, [self.shown], by="keiri", reason="金額").request_id
        stamp_all_pending(shoko)
        seat = open_seats(shoko)
        self.seats = {login: seat(login) for login in ("keiri", "jinji", "kanri")}
        self.seats["keiri"].get("/binder")  # the first look at the papers of the law issues them

    def file(self, *lines, name):
        return self.desk.file(*lines, name=name, day=date(2026, 11, 20))

    def hide(self, *ids):
        access.say_confidential(self.shoko, ids, departments=["jinji"], by="kanri", reason="給与")

    def normal(self, text):
        """Without what is of the installation or of the moment."""
        head, local = log_head(self.shoko), self.clock().astimezone(TOKYO)
        for word in (head.root.value, head.signature):
            text = text.replace(word, "head")
        moments = (f"{local:%Y/%m/%d %H:%M}", f"{local:%Y%m%d-%H%M}", f"{local:%Y-%m-%d %H:%M}")
        for word in (self.clock().isoformat()[:26], *moments):
            text = text.replace(word, "now")
        for pattern, instead in OF_INSTALLATION:
            text = re.sub(pattern, instead, text)
        return text

    def go_on(self):
        """Past whatever is kept for a moment, with a head over all that was done."""
        self.clock.now += timedelta(minutes=3)
        publish(self.shoko)
        self.clock.now += timedelta(seconds=100)

    def look(self):
        """Everything that an accountant is shown now, and what beside that an administrator is."""
        self.go_on()
        values = {"request_id": self.request, "number": "1", "slug": "all", "sequence": "0", "login": "keiri"}
        mine = list(addresses("SAP", (self.shown,), values))
        mine += [f"/documents/doc-part-1{end}" for end in (".json", "/proof", "/original", "/pages/1.png")]
        theirs = [one for one in addresses("D", (), values) if one not in mine]
        found = {}
        for login, paths in (("keiri", mine), ("kanri", [*theirs, "/search.json", "/home.json"])):
            seen = look(self.seats[login], paths, self.normal)
            found |= {(login, path): answer for path, answer in seen.items()}
        return found

    def work(self):
        """What comes of work in the background: verification, the survey of the law, a bundle with its files."""
        self.go_on()
        browser, found = self.seats["keiri"], {}
        token = browser.csrf("/account")
        for path, form in (
            ("/verify", {"scope": "everything"}),
            ("/verify", {"scope": "query", "q": "deleted=1"}),
            ("/verify", {"scope": "period", "date_from": "2020/01/01", "date_to": "2099/12/31"}),
            ("/law", {}),
            ("/audit/export", {"q": "counterparty=alpha", "to": "税務署", "renditions": "none"}),
        ):
            begun = browser.post(path, data=form, headers={"X-CSRF-Token": token})
            assert begun.status_code == 303, begun.text
            address = begun.headers["location"]
            job = finished(browser, address)
            assert job["state"] == "done", job
            for end in ("", ".json"):
                found[path, str(form), end] = self.of_work(browser.get(address + end).text)
            if path == "/audit/export":
                found |= self._files(browser.get(f"{address}/volumes/1.zip").content)
            browser.submit(address, action="discard")
        report = browser.post(f"/documents/{self.shown}/verify", headers={"X-CSRF-Token": token})
        return found | {"one": (report.status_code, self.normal(report.text))}

    def of_work(self, text):
        """The same of what work gives."""
        text = self.normal(text)
        for pattern, instead in OF_WORK:
            text = re.sub(pattern, instead, text)
        return text

    def _files(self, content):
        """Name → content of each file of a bundle, but for the log's own tree and head, and digests of all files."""
        found = {}
        with zipfile.ZipFile(io.BytesIO(content)) as bag:
            for name in bag.namelist():
                if "/data/log/" in name or name.endswith(("-sha256.txt", "inventory.sha256", "bag-info.txt")):
                    continue
                found["bundle", name] = self.of_work(_text(bag.read(name), name))
        return found

    def do_what_is_hidden(self):
        """What the others do meanwhile, and how it touches what is shown."""
        shoko, shown = self.shoko, self.shown
        again = self.file(*PAPER, "Total 1,000 ", name="secret-again.pdf")
        bonus = self.file("INVOICE", "Alpha Trading KK", "bonus", "Date 2026-10-21", "Total 9,000", name="secret.pdf")
        paper = self.file("RECEIPT", "Alpha Trading KK", "Total 500", name="secret-paper.pdf")
        scan = self.file("RECEIPT", "Alpha Trading KK", "Total 500.", name="secret-scan.pdf")
        self.hide(again, bonus, paper, scan)
        theirs = self.file("INVOICE", "Trading of theirs", "Total 4,000", name="secret-theirs.pdf")
        access.say_department(shoko, [theirs], "jinji", by="kanri", reason="人事の書類")
        rescan(shoko, paper, scan, found_on=date(2026, 11, 20), by="jinji", reason="折れ")
        relate(shoko, bonus, Relation.SUPPLEMENTS, shown, by="jinji", reason="秘密")
        relate(shoko, shown, Relation.SUPPLEMENTS, bonus, by="jinji", reason="秘密")
        relate(shoko, "doc-part-2", Relation.CORRECTS, "doc-part-1", by="jinji", reason="秘密")
        asked = ask(shoko, RequestKind.CORRECTION, [shown, bonus], by="jinji", reason="秘密")
        decide(shoko, asked.request_id, approve=True, by="kanri", reason="秘密")
        ask(shoko, RequestKind.DELETION, ["doc-part-2"], by="jinji", reason="秘密")
        keep_paper(shoko, [bonus], place="秘密の棚", by="jinji")
        hold(shoko, [bonus], by="jinji", reason="秘密")
        values = {"field.counterparty": "Secret Trading KK", "field.issuer": "Secret Trading KK"}
        base = str(self.desk.newest(bonus).revision)
        sent = self.seats["jinji"].submit(f"/documents/{bonus}/correct", base_revision=base, reason="秘密", **values)
        assert sent.status_code == 303
        folder = {"department": "jinji", "origin": Origin.PAPER_RECEIVED, "received_on": date(2026, 11, 20)}
        deposit(shoko, text_pdf("RECEIPT", "Alpha Trading"), name="secret-new.pdf", **folder)
        run_plain(open_batch(self.desk.resident))
        deposit(shoko, text_pdf("RECEIPT", "Alpha"), name="secret-waiting.pdf", **folder)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("home"))
    yield world
    world.desk.shoko.close()


def _text(content, name):
    """A file as text; of a workbook its sheets, whose envelope says when it was packed."""
    if not name.endswith(".xlsx"):
        return content.decode("utf-8", "backslashreplace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(one).decode() for one in sorted(book.namelist()) if not one.startswith("docProps/"))


def differing(before, after):
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def test_what_is_hidden_changes_nothing_that_is_shown(world):
    work = world.work()
    shown = world.look()
    world.do_what_is_hidden()
    again = world.look()
    assert differing(shown, again) == []
    assert differing(work, world.work()) == []
    assert len(shown) > 100
    assert '"outcome":"failed"' not in str(work)
    found = {one: world.seats[one].get("/search.json?words=alpha").json()["total"] for one in ("keiri", "jinji")}
    assert found == {"keiri": 2, "jinji": 6}  # it is there, for whom it is for
