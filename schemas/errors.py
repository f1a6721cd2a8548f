"""What an operator did wrong, as one line: what, where, what to do. Exit codes of architecture §8.

A bad record is no exception: it is a row of `rejected`. Anything else that is raised is a bug and keeps its traceback.
"""


class ShangquanError(Exception):
    """An operator's mistake. `str()` is the whole message; it survives pickling, since engines ship exceptions."""

    exit_code = 1

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what}\n    {self.cure}" if self.cure else self.what


class ConfigError(ShangquanError):
    """district.toml or one of its files says something that cannot be."""

    exit_code = 10


class InputError(ShangquanError):
    """A log or feed file cannot be read at all (one bad line is a reject instead)."""

    exit_code = 11


class GateError(ShangquanError):
    """The quality gate refused a batch; nothing was loaded."""

    exit_code = 12


class SinkError(ShangquanError):
    """A file or the warehouse could not be written or queried."""

    exit_code = 13


class PrivacyError(ShangquanError):
    """Consent or keys do not allow it; the product fails closed."""

    exit_code = 14
