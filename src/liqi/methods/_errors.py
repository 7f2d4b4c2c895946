"""What can go wrong with a file or a parameter, said so that a person can act on it."""


class UnreadableFile(ValueError):
    """A file cannot be read: what was found, what was expected, what to do next."""

    def __init__(self, name: object, found: str, expected: str, do: str) -> None:
        self.name, self.found, self.expected, self.do = str(name), found, expected, do
        super().__init__(self.sentence)

    def __reduce__(self) -> tuple[type["UnreadableFile"], tuple[str, str, str, str]]:
        return type(self), (self.name, self.found, self.expected, self.do)

    @property
    def sentence(self) -> str:
        """The whole message in one sentence."""
        return f"{self.name}: found {self.found}; expected {self.expected}; {self.do}."


class BadParameter(ValueError):
    """A parameter's value does not fit what the method declared."""

    def __init__(self, name: str, found: object, expected: str) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(self.sentence)

    def __reduce__(self) -> tuple[type["BadParameter"], tuple[str, object, str]]:
        return type(self), (self.name, self.found, self.expected)

    @property
    def sentence(self) -> str:
        """The whole message in one sentence."""
        return f"parameter {self.name}: found {self.found!r}; expected {self.expected}; set it again."


class Cancelled(Exception):
    """Raised by a progress callback to stop a run; nothing is kept of the run."""
