"""Background work: whose it is, how it ends, what it leaves behind."""

import os
import threading
from datetime import timedelta

import pytest

from app.web.job_place import Again
from app.web.jobs import KEPT, LIFE, Jobs, JobState
from domain.errors import AccessRefused, InputError, RequestRefused
from domain.visibility import Visibility
from tests.support.accounts import Clock

PATIENCE = 30
"""Seconds after which a test that hangs fails."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def jobs(tmp_path, clock):
    made = Jobs(tmp_path / "jobs", clock=clock)
    yield made
    made.close()


class Held:
    """Work that waits until it is let go."""

    def __init__(self, result="done"):
        self.began, self.go = threading.Event(), threading.Event()
        self.result = result

    def __call__(self, task):
        self.began.set()
        assert self.go.wait(PATIENCE)
        task.progress(1, 2)
        return self.result


def ended(jobs, job):
    """Wait for the end; there is nothing else to wait for than the job's own word."""
    over = threading.Event()
    for _ in range(PATIENCE * 100):
        found = jobs.find(job.job_id, job.owner)
        if found is None or found.ended:
            return found
        over.wait(0.01)
    raise AssertionError("the job does not end")


def test_a_job_says_how_far_it_is_and_keeps_what_came_of_it(jobs):
    def work(task):
        for number in range(3):
            task.progress(number, 3)
        (task.folder / "result.txt").write_text("x")
        return 42

    job = jobs.begin("sum", "usr-1", work, about={"scope": "all"})
    done = ended(jobs, job)
    assert (done.state, done.result, done.done, done.total, done.share) == (JobState.DONE, 42, 2, 3, 100)
    assert (jobs.folder_of(job.job_id) / "result.txt").exists()
    assert done.plain()["about"] == {"scope": "all"}
    assert jobs.discard(job.job_id, "usr-1")
    assert jobs.find(job.job_id, "usr-1") is None
    assert not jobs.folder_of(job.job_id).exists()


def test_nobody_finds_stops_or_discards_the_work_of_another(jobs):
    held = Held()
    job = jobs.begin("sum", "usr-1", held)
    held.began.wait(PATIENCE)
    assert jobs.find(job.job_id, "usr-2") is None
    assert jobs.of("usr-2") == ()
    assert not jobs.cancel(job.job_id, "usr-2")
    held.go.set()
    assert ended(jobs, job).state is JobState.DONE
    assert not jobs.discard(job.job_id, "usr-2")
    assert jobs.find(job.job_id, "usr-1").result == "done"


def test_one_at_a_time_for_each_person_and_kind(jobs):
    first, other = Held(), Held()
    job = jobs.begin("sum", "usr-1", first)
    with pytest.raises(RequestRefused) as refused:
        jobs.begin("sum", "usr-1", other)
    assert "進行中" in refused.value.message_ja
    second = jobs.begin("count", "usr-1", other)
    third = Held()
    jobs.begin("sum", "usr-2", third)
    assert [one.job_id for one in jobs.of("usr-1")] == [second.job_id, job.job_id]
    assert [one.job_id for one in jobs.of("usr-1", "sum")] == [job.job_id]
    assert not jobs.discard(job.job_id, "usr-1")  # not while it runs
    for held in (first, other, third):
        held.go.set()
    assert ended(jobs, job).state is JobState.DONE


def test_a_job_is_stopped_at_its_next_step_and_leaves_no_files(jobs):
    began = threading.Event()

    def work(task):
        (task.folder / "half.txt").write_text("x")
        began.set()
        number = 0
        while True:
            number += 1
            task.progress(number)

    job = jobs.begin("sum", "usr-1", work)
    assert began.wait(PATIENCE)
    assert jobs.cancel(job.job_id, "usr-1")
    done = ended(jobs, job)
    assert (done.state, done.result) == (JobState.CANCELLED, None)
    assert not jobs.folder_of(job.job_id).exists()
    assert not jobs.cancel(job.job_id, "usr-1")


def test_a_job_that_is_stopped_while_it_waits_never_begins(tmp_path, clock):
    jobs = Jobs(tmp_path, clock=clock, at_once=1)
    first = Held()
    begun = jobs.begin("sum", "usr-1", first)
    first.began.wait(PATIENCE)
    second = Held()
    waiting = jobs.begin("sum", "usr-2", second)
    assert jobs.find(waiting.job_id, "usr-2").state is JobState.WAITING
    assert jobs.cancel(waiting.job_id, "usr-2")
    first.go.set()
    assert ended(jobs, begun).state is JobState.DONE
    assert ended(jobs, waiting).state is JobState.CANCELLED
    assert not second.began.is_set()


def test_what_fails_is_said_in_words_and_what_nobody_foresaw_gives_nothing_away(jobs):
    def refused(_):
        raise InputError("no", message_ja="だめです")

    def broken(_):
        raise ValueError("青空商事の請求書")

    found = [ended(jobs, jobs.begin(kind, "usr-1", work)) for kind, work in (("a", refused), ("b", broken))]
    assert [one.state for one in found] == [JobState.FAILED] * 2
    assert found[0].error == ("だめです", "no")
    assert "青空" not in str(found[1].plain())


def test_results_expire_and_the_oldest_of_many_make_room(jobs, clock):
    made = []
    for _ in range(KEPT + 2):
        made.append(jobs.begin("sum", "usr-1", lambda task: (task.folder / "f").write_text("x")))
        ended(jobs, made[-1])
    kept = jobs.of("usr-1")
    assert [one.job_id for one in kept] == [one.job_id for one in reversed(made[2:])]
    assert not jobs.folder_of(made[0].job_id).exists()
    clock.ahead = LIFE + timedelta(seconds=1)
    assert jobs.of("usr-1") == ()
    assert not jobs.folder_of(made[-1].job_id).exists()


def test_what_a_dead_process_left_is_removed_and_what_a_living_one_has_stays(tmp_path, clock):
    living = Jobs(tmp_path, clock=clock)
    mine = living.begin("sum", "usr-1", lambda task: (task.folder / "f").write_text("x"))
    ended(living, mine)
    dead = tmp_path / "00ff"
    (dead / "old").mkdir(parents=True)
    (dead / "lock").touch()
    other = Jobs(tmp_path, clock=clock)
    ended(other, other.begin("sum", "usr-1", lambda task: (task.folder / "f").write_text("x")))
    assert not dead.exists()
    assert (living.folder_of(mine.job_id) / "f").exists()


def test_what_ended_last_stays_however_long_it_took(jobs):
    """A long verification beside many short jobs: its result is there when it ends."""
    held = Held()
    long = jobs.begin("verify", "usr-1", held)
    held.began.wait(PATIENCE)
    short = [jobs.begin("sum", "usr-1", lambda _: 1)]
    for _ in range(KEPT):
        ended(jobs, short[-1])
        short.append(jobs.begin("sum", "usr-1", lambda _: 1))
    ended(jobs, short[-1])
    held.go.set()
    assert ended(jobs, long).result == "done"
    assert jobs.find(short[0].job_id, "usr-1") is None


def test_a_result_is_for_those_who_still_see_what_they_saw(jobs):
    less = visibility_of_department("keiri")
    job = jobs.seen_by(less).begin("sum", "usr-1", lambda task: (task.folder / "f").write_text("x"))
    assert ended(jobs.seen_by(less), job).state is JobState.DONE
    for other in (jobs, jobs.seen_by(visibility_of_department("eigyo"))):
        with pytest.raises(AccessRefused) as refused:
            other.find(job.job_id, "usr-1")
        assert "閲覧範囲が変わった" in refused.value.message_ja
        assert other.of("usr-1") == ()
        assert other.find(job.job_id, "usr-2") is None
    assert jobs.discard(job.job_id, "usr-1")


def visibility_of_department(code):
    return Visibility(user_id="usr-1", departments=frozenset({code}))


def test_no_file_outlives_its_process(tmp_path, clock):
    first = Jobs(tmp_path, clock=clock)
    job = first.begin("export", "usr-1", lambda task: (task.folder / "bundle").write_text("x"))
    ended(first, job)
    first.close()
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"} == {".begun"}
    dead = tmp_path / "00ff"
    dead.mkdir()
    (dead / "lock").touch()
    Jobs(tmp_path, clock=clock)  # at its start, not when somebody begins a job
    assert not dead.exists()


def test_what_was_under_way_when_the_process_ended_is_said_to_be_broken_off(tmp_path, clock):
    first, held = Jobs(tmp_path, clock=clock), Held()
    done = first.begin("sum", "usr-1", lambda _: "secret")
    ended(first, done)
    discarded = first.begin("list", "usr-1", lambda _: 1)
    ended(first, discarded)
    first.discard(discarded.job_id, "usr-1")
    less = visibility_of_department("keiri")
    again = Again(path="/verify", values=(("scope", "everything"),))
    going = first.seen_by(less).begin("verify", "usr-1", held, about={"scope": "青空商事"}, again=again)
    assert held.began.wait(PATIENCE)
    assert all(b"secret" not in path.read_bytes() for path in tmp_path.rglob("*.begun"))
    destroyed = first.begin("destroy", "usr-1", lambda _: 1, again=Again(path="/requests/r-1"))
    ended(first, destroyed)
    first._place._held = os.close(first._place._held)  # as if it were killed: the lock is gone, the files are not
    for _ in range(2):  # and once more
        second = Jobs(tmp_path, clock=clock)
        known = {job.job_id: job for job in second.of("usr-1")}
        assert set(known) == {done.job_id, going.job_id, destroyed.job_id}
        assert {job.state for job in known.values()} == {JobState.INTERRUPTED}
        assert "結果が失われました" in known[done.job_id].error[0]
        assert "中断しました" in known[going.job_id].error[0]
        assert known[destroyed.job_id].again is None  # it was carried out
        assert known[going.job_id].again == again
        assert known[going.job_id].plain()["again"] == {"path": "/verify", "values": {"scope": "everything"}}
        assert known[done.job_id].again is None
        assert known[going.job_id].result is None
        assert second.of("usr-2") == ()
        second.close()
    held.go.set()
    third = Jobs(tmp_path, clock=clock)
    assert third.begin("verify", "usr-1", lambda _: 1).kind == "verify"  # nothing is in its way
    clock.ahead = LIFE + timedelta(seconds=1)
    assert third.of("usr-1", "sum") == ()
    third.close()


@pytest.mark.parametrize("kind", ["verify", "destroy"])
def test_what_ends_after_its_server_was_told_to_stop_leaves_one_word(tmp_path, clock, kind):
    first, held = Jobs(tmp_path, clock=clock), Held()
    again = Again(path="/verify")
    late = first.begin(kind, "usr-1", lambda _: held.began.set() or held.go.wait(PATIENCE), again=again)
    assert held.began.wait(PATIENCE)
    first.close()
    held.go.set()
    ended(first, late)
    assert len(list(tmp_path.rglob("*.begun"))) == 1
    second = Jobs(tmp_path, clock=clock)
    (known,) = second.of("usr-1")
    assert "終わっていました" in known.error[0]
    assert (known.again == again) is (kind == "verify")  # what was carried out is not begun again
    second.close()


@pytest.mark.parametrize("ends_by", ["its next step", "an error"])
def test_what_an_orderly_stop_breaks_off_can_be_begun_again(tmp_path, clock, ends_by):
    """Under way or waiting for its turn; only what a person had cancelled is not heard of again."""
    first, held = Jobs(tmp_path, clock=clock, at_once=1), Held()
    unwanted = first.begin("sum", "usr-1", lambda task: held.go.wait(PATIENCE) and task.progress(1))
    assert first.cancel(unwanted.job_id, "usr-1")
    held.go.set()
    assert ended(first, unwanted).state is JobState.CANCELLED

    began, go = threading.Event(), threading.Event()

    def work(task):
        began.set()
        assert go.wait(PATIENCE)
        if ends_by == "an error":
            task.folder.touch()  # its place is gone
        task.progress(1, 2)

    going = first.begin("verify", "usr-1", work, again=Again(path="/verify"))
    waits = first.begin("law", "usr-1", Held(), again=Again(path="/law"))
    assert began.wait(PATIENCE)
    first.close()
    go.set()
    assert {ended(first, job).state for job in (going, waits)} <= {JobState.CANCELLED, JobState.FAILED}
    second = Jobs(tmp_path, clock=clock)
    known = {job.job_id: job for job in second.of("usr-1")}
    assert {job_id: job.again for job_id, job in known.items()} == {
        going.job_id: Again(path="/verify"),
        waits.job_id: Again(path="/law"),
    }
    assert all("中断しました" in job.error[0] for job in known.values())
    second.close()
