"""An object store that dies at a chosen call, before or after the real one did its work."""


class Crash(BaseException):
    """A process that is gone: nothing in the product catches it."""


class FaultyStore:
    def __init__(self, inner, *, fail_at=None, after=False):
        self._inner = inner
        self.fail_at = fail_at
        self.after = after
        self.puts = 0

    def put_named(self, *args, **kwargs):
        number, self.puts = self.puts, self.puts + 1
        if number == self.fail_at and not self.after:
            raise Crash
        ref = self._inner.put_named(*args, **kwargs)
        if number == self.fail_at:
            raise Crash
        return ref

    def __getattr__(self, name):
        return getattr(self._inner, name)
