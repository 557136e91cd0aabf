"""What the tests of both command lines share."""

from collections.abc import Callable

import pytest


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """A function that calls a command line's `main` with bad arguments, for the one sentence that it ends with."""

    def call(main: Callable[..., object], *arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        return lines[0]

    return call
