"""A change of who may see documents that breaks off: nobody sees meanwhile what they see neither before nor after."""

from dataclasses import replace

from domain.people import Role
from domain.visibility import Visibility
from pipeline.steps import access
from pipeline.steps.access import AccessChange
from tests.support.accounts import add_people
from tests.support.desk import Desk
from tests.support.faulty_store import Crash, FaultyStore

SECRET = AccessChange(moves=True, department="eigyo", confidential=True, departments=("jinji",))
OPEN = AccessChange(moves=True, department="keiri", confidential=False)


def test_secrecy_comes_before_the_move_and_ends_after_it(tmp_path):
    desk = Desk(tmp_path)
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,))
    for code in ("keiri", "eigyo", "jinji"):
        access.name_department(desk.shoko, code, code, by="kanri")
    document = desk.file("INVOICE", "Total 1,000")
    access.say_access(desk.shoko, [document], OPEN, by="kanri", reason="x")
    sees = {
        code: desk.shoko.seen_by(Visibility(user_id=f"usr-{code}", departments=(code,), all_departments=False))
        for code in ("keiri", "eigyo", "jinji")
    }

    def seen():
        return {code for code, shoko in sees.items() if shoko.archive.get_document(document) is not None}

    allowed, crashes = {SECRET: {"jinji"}, OPEN: {"keiri"}}, 0
    for before, change in ((OPEN, SECRET), (SECRET, OPEN)):
        for number in range(20):
            store = FaultyStore(desk.shoko.store, fail_at=number)
            archive = type(desk.archive).open(desk.shoko.settings.archive_url, store, clock=desk.shoko.clock)
            try:
                access.say_access(
                    replace(desk.shoko, archive=archive), [document], change, by="kanri", reason=f"{number}"
                )
            except Crash:
                crashes += 1
            else:
                break
            finally:
                archive.close()
            assert seen() <= allowed[before] | allowed[change]
            access.say_access(desk.shoko, [document], change, by="kanri", reason=f"{number}")
            assert seen() == allowed[change]
            access.say_access(desk.shoko, [document], before, by="kanri", reason=f"back {number}")
        assert seen() == allowed[change]
    assert crashes > 3
    desk.is_sound(tmp_path)
    desk.shoko.close()
