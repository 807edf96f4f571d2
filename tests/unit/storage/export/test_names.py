"""Names that are safe everywhere, whatever they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.export.names import MAX_NAME_BYTES, safe_name


@pytest.mark.parametrize(
    ("original", "safe"),
    [
        ("領収書 1.pdf", "領収書 1.pdf"),
        ("../../etc/passwd", "etc_passwd"),
        ("..\\..\\windows\\system.ini", "windows_system.ini"),
        ("/etc/shadow", "etc_shadow"),
        ("C:\\x.pdf", "C__x.pdf"),
        ("-rf.pdf", "rf.pdf"),
        (".htaccess", "htaccess"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("a\nb\x00c\x1b[31m.pdf", "abc[31m.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe_"),
        ("page.HTML", "page.HTML_"),
        ("data.xml", "data.xml"),
        ("50%.pdf", "50_.pdf"),
        ("ガ.pdf", "ガ.pdf"),
        ("$(reboot)`id`.pdf", "(reboot)_id_.pdf"),
        ("", "original"),
        ("...", "original"),
        (".pdf", "pdf"),
        ("a.pdf ", "a.pdf"),
        ("a\u3000b.pdf", "a b.pdf"),
    ],
)
def test_examples(original, safe):
    assert safe_name(original) == safe


def test_long_names_keep_their_extension():
    name = safe_name("請" * 200 + ".pdf")
    assert name.endswith("請.pdf")
    assert len(name.encode()) <= MAX_NAME_BYTES


@given(st.text())
def test_always_one_harmless_component(original):
    name = safe_name(original)
    assert name
    assert name not in {".", ".."}
    assert not set(name) & set('/\\:*?"<>|%\n\r\0')
    assert not name.startswith((".", "-", " "))
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert safe_name(name) == name
