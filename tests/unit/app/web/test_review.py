import re

from domain.record import DocumentState


def test_the_queue_names_documents_their_deadline_and_what_to_do(page, services):
    waiting = [d for d, r in services.records.items() if r[-1].state is DocumentState.NEEDS_REVIEW]
    shown = page.get("/review").text
    assert all(f'/documents/{document_id}"' in shown for document_id in waiting)
    assert "1日超過" in shown
    assert "取引先を確定できません" in shown
    assert re.search(r'href="/review"[^>]*aria-current="page"', shown)


def test_the_queue_has_a_json_twin_and_can_be_empty(page, services):
    items = page.get("/review.json").json()["items"]
    assert items[0]["days_left"] == -1
    assert items[0]["reasons"][0]["code"] == "counterparty_unsure"
    services.records.clear()
    assert "確認待ちの書類はありません" in page.get("/review").text
