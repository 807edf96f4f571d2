"""Every registered classifier: a label with confidence and reasons for any text, and never an exception."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.engines import Classifier
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from domain.registry import CLASSIFIERS, Registry

REGISTRY = Registry(CLASSIFIERS)
BOXES = st.builds(
    lambda x, y, w, h: Box(left=x, top=y, right=x + w, bottom=y + h),
    *(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 2000), st.integers(0, 200)),
)
LINES = st.builds(
    lambda text, box, vertical: Line(words=(Word(text=text, box=box, confidence=0.5),), box=box, vertical=vertical),
    st.text(max_size=40),
    BOXES,
    st.booleans(),
)
PAGES = st.lists(
    st.builds(
        lambda lines: PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="t", version="1")),
        st.lists(LINES, max_size=8),
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def classifiers():
    return {name: REGISTRY.load(name)() for name in REGISTRY.names()}


@pytest.mark.parametrize("name", REGISTRY.names())
class TestClassifier:
    def test_says_who_it_is(self, name, classifiers):
        classifier = classifiers[name]
        assert isinstance(classifier, Classifier)
        assert classifier.engine_id.name == name

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(pages=PAGES)
    def test_answers_whatever_the_pages_hold(self, name, classifiers, pages):
        got = classifiers[name].classify(tuple(pages))
        assert 0.0 <= got.confidence <= 1.0
        assert got.reasons
        assert got.engine.name == name
