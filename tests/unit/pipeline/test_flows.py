"""The watch ends in order when the system asks it to, though Prefect takes the signal for itself."""

import signal
import threading
from types import SimpleNamespace

from prefect.exceptions import TerminationSignal

from pipeline import flows
from pipeline.batch import resident_home


def test_a_signal_that_prefect_caught_ends_the_watch_without_an_error(monkeypatch):
    def interrupted(*_, **__):
        raise TerminationSignal(signal=signal.SIGTERM)

    monkeypatch.setattr(flows, "watch", interrupted)
    home = SimpleNamespace(pool=SimpleNamespace(warm=lambda: None), stop=threading.Event())
    with resident_home(home):
        assert flows.watch_inbox.fn() == 0
    assert home.stop.is_set()
