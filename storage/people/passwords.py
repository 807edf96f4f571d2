"""Passwords: which are taken, how they are kept (argon2id, RFC 9106) and compared."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.errors import AccessRefused

LEAST = 12
"""Characters; NIST SP 800-63B asks for 8 beside a second factor and 15 without, ASVS 2.1.1 for 12."""
MOST = 200
"""Characters; hashing time does not depend on it, the size of a form does."""
_DIFFERENT = 5
"""Different characters: below, it is a repetition (aaaaaaaaaaaa, 121212121212)."""
_AT_ONCE = 2
"""Comparisons at one time: each takes 64 MiB, and a flood of logins must not take the machine's memory."""
_STEPS = ("0123456789" * 4, "9876543210" * 4, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertyuiopasdfghjklzxcvbnm" * 2)
_COMMON_WORDS = """
password passwort passw0rd p@ssw0rd p@ssword pass qwerty qwertyuiop asdfghjkl zxcvbnm 1qaz2wsx
1qaz2wsx3edc zaq12wsx q1w2e3r4 q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t admin administrator root welcome
letmein iloveyou monkey dragon football baseball sunshine princess master superman batman trustno1
abc abcd abcdef abcdefgh secret login guest test tester testing user username changeme default
access shadow whatever starwars computer internet samsung google facebook michael jordan charlie
freedom ninja mustang hello helloworld hellohello tokyo japan nippon sakura arigato keiri shoko
company kaisha himitsu aikotoba pokemon doraemon naruto correcthorsebatterystaple passwordpassword
adminadmin qwerty123 password123 welcome123 admin123 iloveyou123
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""The commonest passwords and their stems; what is added to them (digits, marks, a repetition) is taken off first."""


class Passwords:
    """Hashes and compares; the same work is done where there is nothing to compare with."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 4) -> None:
        """The defaults are the second recommended option of RFC 9106 §4."""
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism, type=Type.ID
        )
        self._nobody = self._hasher.hash("nobody has this password")
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turns:
            return self._hasher.hash(_folded(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; takes as long where none was."""
        with self._turns:
            try:
                right = self._hasher.verify(kept or self._nobody, _folded(password[: 2 * MOST]))
            except (Argon2Error, InvalidHashError):
                return False
        return right and kept is not None


def check_password(password: str, *, login: str) -> str:
    """The password, if it may be one.

    Raises:
        AccessRefused: it is too short or long, repeats itself, contains the login, or is among the commonest.
    """
    folded = _folded(password)
    if not LEAST <= len(folded) <= MOST:
        raise AccessRefused(
            f"a password has {LEAST} to {MOST} characters",
            message_ja=f"パスワードは {LEAST} 文字以上（{MOST} 文字まで）にしてください",
        )
    if login.casefold() in folded.casefold():
        raise AccessRefused("the password contains the login", message_ja="パスワードにログイン名を含めないでください")
    if _is_common(folded.casefold()):
        raise AccessRefused(
            "the password is among the commonest, or a repetition or sequence",
            message_ja="よく使われるパスワードか、単純な繰り返し・並びです。別のものにしてください",
        )
    return password


def _is_common(password: str) -> bool:
    if len(set(password)) < _DIFFERENT or any(password in steps for steps in _STEPS):
        return True
    letters = password.strip("0123456789!?@#$%^&*()-_=+.,;:/ ")
    half = password[: len(password) // 2]
    return password in _COMMON or letters in _COMMON or (half * 2 == password and half in _COMMON)


def _folded(password: str) -> str:
    """Full-width and half-width forms are the same keys of the same keyboard."""
    return unicodedata.normalize("NFKC", password)
