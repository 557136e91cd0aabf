"""The tables that `python -m lstmviz sweep` writes, read again as they were."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".parquet", ".csv")
_WHOLE = ("memory", "hidden_size", "parameters", "epochs", "seed")
_REAL = {"lr": "float64", "loss": "float32", "margin": "float32"}


def read_results(path: str | Path) -> "pd.DataFrame":
    """The table of a sweep, a row for each network, the same from either file.

    A CSV does not say what its columns are, so whoever reads one plainly finds the number 1 for a task called 01, and
    nothing for one called NA.

    Args:
        path: of one of the files, or without its ending, as it was given to `--out`.

    Raises:
        FileNotFoundError: there is no such file.
    """
    import pandas as pd

    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        found = [file for file in (path.with_name(path.name + ending) for ending in ENDINGS) if file.exists()]
        if not found:
            raise FileNotFoundError(f"There is neither {path}{ENDINGS[0]} nor {path}{ENDINGS[1]}.")
        path = found[0]
    if path.suffix.lower() == ".parquet":
        return pd.read_parquet(path)
    kinds = {"task": "str", "cell": "str", "solved": "bool", "diverged_at": "Int64", **dict.fromkeys(_WHOLE, "int64")}
    return pd.read_csv(
        path,
        dtype={**kinds, **_REAL},
        keep_default_na=False,
        na_values={name: [""] for name in ("diverged_at", *_REAL)},
    )
