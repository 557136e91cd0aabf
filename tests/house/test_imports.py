"""Imports go one way, and the engine needs no dashboard."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import lstmviz

ROOT = Path(__file__).parents[2]
# A module of the package imports from its own layer and the ones before it. `lstmviz` is lstmviz/__init__.py.
LAYERS = (
    ("base", "fused"),
    ("cells", "tasks"),
    ("models",),
    ("tracing", "training", "store"),
    ("statemap",),
    ("predictions", "shapes"),
    ("changes", "sweeps", "lecture", "detective", "digits"),
    ("packing",),
    (*("dynamics", "gradients", "automata", "proof", "claims", "timing", "matching", "texts", "grammars", "paper"),),
    ("lstmviz",),
    ("cli", "__main__", "classroom"),
    ("figures",),
    ("ui",),
)
LAYER = {module: depth for depth, modules in enumerate(LAYERS) for module in modules}
STREAMLIT = {"ui", "pages", "app", "benchmarks"}  # who may import it; benchmarks speak its protocol
PLOTLY = {"figures", "ui"}
FUSED = {"fused", "base", "numpy", "numba", "llvmlite", *sys.stdlib_module_names}  # all it may import
PROGRAMS = {"app", "pages", "benchmarks", "tests"}  # they import the package, never the reverse


def module_of(path: Path) -> str:
    """The row of the table that a file belongs to: `lstmviz/ui/frame.py` is "ui", `pages/cell.py` "pages"."""
    parts = path.with_suffix("").parts
    if parts[0] != "lstmviz":
        return parts[0]
    return "lstmviz" if parts[1] == "__init__" else parts[1]


def imports(path: Path, source: str) -> Iterator[tuple[int, str]]:
    """Line and target of each import, wherever in the file it stands; a target in the package is a row of the table."""
    folder = path.parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(folder[: len(folder) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            # `from lstmviz import trace` may mean a module or a name in __init__; a module of that name counts.
            names = [".".join([*base, alias.name]) if base == ["lstmviz"] else ".".join(base) for alias in node.names]
        else:
            continue
        for name in names:
            top, *rest = name.split(".")
            yield node.lineno, rest[0] if top == "lstmviz" and rest and rest[0] in LAYER else top


def complaints(path: Path, source: str) -> list[str]:
    """A sentence for each import in this file (its path seen from the repository) that goes against the rules."""
    module = module_of(path)
    in_package = path.parts[0] == "lstmviz"
    if in_package and module not in LAYER:
        return [f"{path}: `{module}` has no place in LAYERS (tests/house/test_imports.py); give it one."]
    found = []
    for line, target in imports(path, source):
        if target == "streamlit" and module not in STREAMLIT:
            reason = "only ui/, pages/, app.py and benchmarks/ import streamlit"
        elif target == "plotly" and module not in PLOTLY:
            reason = "only figures/ and ui/ import plotly"
        elif module == "fused" and target not in FUSED:
            reason = "fused/ knows arrays only"
        elif in_package and target in PROGRAMS:
            reason = "the package knows nothing of the programs that use it"
        elif in_package and LAYER.get(target, 0) > LAYER[module]:
            reason = f"`{target}` is a later layer than `{module}`"
        else:
            continue
        found.append(f"{path}:{line} imports {target}: {reason}.")
    return found


def test_imports_go_one_way() -> None:
    files = [ROOT / "app.py"]
    for folder in ("lstmviz", "pages", "benchmarks"):
        files += sorted((ROOT / folder).rglob("*.py"))
    found = [c for file in files for c in complaints(file.relative_to(ROOT), file.read_text(encoding="utf-8"))]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("lstmviz/models.py", "import streamlit as st", "only ui/, pages/, app.py and benchmarks/ import streamlit"),
        ("lstmviz/figures/gates.py", "from streamlit.errors import StreamlitAPIException", "import streamlit"),
        ("lstmviz/models.py", "def draw():\n    import plotly.graph_objects as go", "models.py:2 imports plotly"),
        ("pages/cell.py", "import plotly.express as px", "only figures/ and ui/ import plotly"),
        ("lstmviz/fused/cells.py", "import torch", "fused/ knows arrays only"),
        ("lstmviz/fused/cells.py", "from ..models import parameters_of", "fused/ knows arrays only"),
        ("lstmviz/cells/step.py", "from lstmviz import models", "`models` is a later layer than `cells`"),
        ("lstmviz/models.py", "from .training import train", "`training` is a later layer than `models`"),
        ("lstmviz/models.py", "from . import training", "`training` is a later layer than `models`"),
        ("lstmviz/training/start.py", "import lstmviz.figures.loss", "`figures` is a later layer than `training`"),
        ("lstmviz/training/start.py", "import lstmviz as lv", "`lstmviz` is a later layer than `training`"),
        ("lstmviz/__init__.py", "from lstmviz.ui.frame import header", "`ui` is a later layer than `lstmviz`"),
        ("lstmviz/figures/gates.py", "from lstmviz.ui import text", "`ui` is a later layer than `figures`"),
        ("lstmviz/ui/frame.py", "from pages import cell", "knows nothing of the programs"),
        ("lstmviz/novelty.py", "", "`novelty` has no place in LAYERS"),
    ],
)
def test_a_wrong_import_is_named(path: str, source: str, complaint: str) -> None:
    assert complaint in "\n".join(complaints(Path(path), source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "lstmviz/fused/adam.py",
            "import math\nimport numba\nimport numpy as np\nfrom llvmlite import ir\nfrom . import vector",
        ),
        (
            "lstmviz/training/start.py",
            "import torch\nfrom lstmviz import fused\nfrom ..models import Model\nfrom ..tasks import Task",
        ),
        ("lstmviz/__init__.py", "from lstmviz.tracing import trace\nfrom .lecture import NOTES"),
        (
            "lstmviz/ui/cache.py",
            "import lstmviz as lv\nimport streamlit as st\nfrom lstmviz.figures.gates import gates",
        ),
        ("pages/cell.py", "import streamlit as st\nfrom lstmviz import figures\nfrom lstmviz.ui import frame"),
    ],
)
def test_a_right_import_is_not(path: str, source: str) -> None:
    assert complaints(Path(path), source) == []


def loaded(code: str) -> set[str]:
    """The modules that a fresh process has loaded after `code`."""
    program = f"import json, sys; {code}; print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_the_engine_loads_neither_streamlit_nor_plotly_nor_dask() -> None:
    modules = loaded("import lstmviz; [getattr(lstmviz, name) for name in lstmviz.__all__]")
    assert {"torch", "lstmviz.training", "lstmviz.sweeps.cluster"} <= modules  # every public name is there
    assert not {"streamlit", "plotly", "dask", "distributed"} & modules


def test_the_header_is_drawn_before_torch_is_waited_for() -> None:
    assert "torch" not in loaded("import lstmviz")
    assert "torch" not in loaded("import lstmviz.ui.frame, lstmviz.ui.frame.controls.experiment")


def test_every_public_name_is_there_under_the_name_of_its_home():
    stub = ast.parse((ROOT / "lstmviz" / "__init__.pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname: node.module for node in ast.walk(stub) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert len(homes) > 30
    assert sorted(lstmviz.__all__) == sorted(homes) == sorted(set(dir(lstmviz)) & set(homes))
    for name, home in homes.items():
        assert getattr(lstmviz, name) is getattr(import_module(f"lstmviz.{home}"), name)
    with pytest.raises(AttributeError, match="nothing"):
        _ = lstmviz.nothing


def test_everything_can_be_imported_with_a_star_and_no_name_is_hidden_by_a_module():
    names: dict[str, object] = {}
    exec("from lstmviz import *", names)
    assert set(lstmviz.__all__) <= set(names)
    assert not {name for name in lstmviz.__all__ if isinstance(names[name], ModuleType)}
