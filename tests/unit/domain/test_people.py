import pytest

from domain.errors import AccessRefused
from domain.people import ROLE_PERMISSIONS, TOKEN_SCOPES, Permission, Role, check_login, permissions_of

CHANGES = {
    Permission.DROP,
    Permission.CORRECT,
    Permission.PAPER,
    Permission.ASK,
    Permission.DECIDE,
    Permission.PEOPLE,
}


def test_every_role_has_its_row_and_everybody_an_account():
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(Permission.ACCOUNT in allowed for allowed in ROLE_PERMISSIONS.values())


def test_an_auditor_changes_nothing():
    assert not ROLE_PERMISSIONS[Role.AUDITOR] & CHANGES


def test_only_approvers_decide_and_only_administrators_see_people():
    assert [role for role in Role if Permission.DECIDE in ROLE_PERMISSIONS[role]] == [Role.APPROVER]
    assert [role for role in Role if Permission.PEOPLE in ROLE_PERMISSIONS[role]] == [Role.ADMINISTRATOR]


def test_programs_never_decide():
    assert not TOKEN_SCOPES & {Permission.DECIDE, Permission.PEOPLE, Permission.ACCOUNT}


def test_roles_add_up():
    both = permissions_of({Role.ACCOUNTANT, Role.APPROVER})
    assert both == ROLE_PERMISSIONS[Role.ACCOUNTANT] | ROLE_PERMISSIONS[Role.APPROVER]
    assert permissions_of(()) == frozenset()


@pytest.mark.parametrize("login", ["sato", "a1", "hanako.sato", "x-y_z", "0k"])
def test_logins(login):
    assert check_login(login) == login


@pytest.mark.parametrize("login", ["", "a", "Sato", "佐藤", "a b", "-a", "a" * 33, "a\n", "engine/../x", "engine"])
def test_no_logins(login):
    with pytest.raises(AccessRefused):
        check_login(login)
