"""The fused kernels against 50-digit arithmetic, torch's autograd, and their own promises."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from numba import njit

from lstmviz.fused import Batch, cache, is_warm, lanes, warm
from lstmviz.fused.functions import exp, log, sigmoid, tanh
from lstmviz.fused.vector import load, store
from lstmviz.models import CELLS, Model, ModelConfig, build_model
from lstmviz.tasks import alphabet_task


@njit
def _apply(function, x, y):
    for row in range(x.shape[0]):
        v = load(x, row)
        if function == 0:
            store(y, row, exp(v))
        elif function == 1:
            store(y, row, log(v))
        elif function == 2:
            store(y, row, tanh(v))
        else:
            store(y, row, sigmoid(v))


FUNCTIONS = {
    "exp": (0, mp.exp, st.floats(-80, 80)),
    "log": (1, mp.log, st.floats(1, 1e30)),
    "tanh": (2, mp.tanh, st.floats(-30, 30)),
    "sigmoid": (3, lambda x: 1 / (1 + mp.exp(-x)), st.floats(-80, 80)),
}


def _evaluate(name: str, values: list[float], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """(the kernel's values, the exact ones) at `values` rounded to `dtype`."""
    number, exact, _ = FUNCTIONS[name]
    width = lanes(np.dtype(dtype).itemsize)
    x = np.resize(np.array(values, dtype), (-(-len(values) // width), width))
    y = np.empty_like(x)
    _apply(number, x, y)
    with mp.workdps(50):
        return y.ravel(), np.array([float(exact(mp.mpf(float(v)))) for v in x.ravel()])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 3e-7), (np.float64, 1e-15)])
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_functions_are_exact_to_rounding(name, dtype, tolerance, data):
    ours, exact = _evaluate(name, data.draw(st.lists(FUNCTIONS[name][2], min_size=1, max_size=64)), dtype)
    # Relative where that is promised; tanh and the logarithm near 1 pass through 0.
    scale = np.maximum(np.abs(exact), 0 if name in ("exp", "sigmoid") else 1)
    assert (np.abs(ours - exact) <= tolerance * scale).all()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_functions_pass_nan_on(name, dtype):
    assert np.isnan(_evaluate(name, [np.nan], dtype)[0]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturation_stays_in_range(dtype):
    # Exactly 1, as torch's: anything less leaves a saturated unit a gradient that it does not have.
    far = 9.02 if dtype == np.float32 else 20.0
    assert np.isin(_evaluate("tanh", [-1e4, -far, far, 1e4], dtype)[0], [-1.0, 1.0]).all()
    near = _evaluate("tanh", list(np.linspace(7, 9.5, 1000)), dtype)[0]
    assert (np.abs(near) <= 1).all()
    gates, _ = _evaluate("sigmoid", [-1e4, -100, 100, 1e4], dtype)
    assert ((gates >= 0) & (gates <= 1)).all()


def _model(cell: str, letters: int, hidden_size: int, seed: int, dtype: str = "float32") -> Model:
    return build_model(
        ModelConfig(cell=cell, input_size=letters, hidden_size=hidden_size, output_size=letters, seed=seed, dtype=dtype)
    )


def _flat(tensors) -> np.ndarray:
    return np.concatenate([t.detach().numpy().ravel() for t in tensors])


def _autograd(model: Model, task, dtype: torch.dtype, reduction: str = "mean") -> tuple[float, np.ndarray]:
    """(loss, gradients) by torch, for the weights of `model` in precision `dtype`; the model is not changed."""
    twin = build_model(model.config)
    twin.load_state_dict(model.state_dict())
    twin.to(dtype)
    logits, _ = twin(torch.tensor(task.one_hot(), dtype=dtype))
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(task.y), reduction=reduction)
    loss.backward()
    return loss.item(), _flat(p.grad for p in twin.parameters())


def _batch(models: list[Model], task, **options) -> Batch:
    config = models[0].config
    options = {"lr": 0.1, "letters": config.input_size, "hidden_size": config.hidden_size, **options}
    return Batch(config.cell, np.stack([_flat(m.parameters()) for m in models]), task.x, task.y, **options)


def _error(ours: np.ndarray, exact: np.ndarray) -> float:
    return float(np.linalg.norm(ours - exact) / np.linalg.norm(exact))


shapes = st.tuples(
    st.sampled_from(CELLS),
    st.sampled_from(["ab", "abaB", "abcabC", "abcdabcD", "가나가다", "abcdefghijk"]),
    st.integers(1, 9),
    st.integers(2, 60),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)


@given(shape=shapes)
@settings(max_examples=25, deadline=None)
def test_float64_gradients_equal_autograd(shape):
    cell, pattern, hidden_size, repeats, seed, mean = shape
    task = alphabet_task(pattern, repeats)
    model = _model(cell, len(task.alphabet), hidden_size, seed, "float64")
    batch = _batch([model], task, mean=mean)
    losses, _ = batch.run(1, train=False)
    loss, gradient = _autograd(model, task, torch.float64, "mean" if mean else "sum")
    assert losses[0, 0] == pytest.approx(loss, rel=1e-12)
    assert _error(batch.gradients[0], gradient) <= 1e-10


@given(shape=shapes)
@settings(max_examples=25, deadline=None)
def test_float32_gradients_equal_autograd(shape):
    """To 1e-6 of the exact gradient, plus float32's rounding of the steps' shares in it where they cancel."""
    cell, pattern, hidden_size, repeats, seed, mean = shape
    task = alphabet_task(pattern, repeats)
    model = _model(cell, len(task.alphabet), hidden_size, seed)
    batch = _batch([model], task, mean=mean)
    batch.run(1, train=False)
    _, exact = _autograd(model, task, torch.float64, "mean" if mean else "sum")
    shares = 1 if mean else len(task.x)  # each step pushes each logit by at most 1 (sum) or 1/T (mean)
    error = np.linalg.norm(batch.gradients[0] - exact)
    assert error <= 1e-6 * np.linalg.norm(exact) + 2e-7 * shares


@pytest.mark.parametrize("cell", CELLS)
def test_adam_is_torchs(cell):
    task = alphabet_task("abcabC", 20)
    model = _model(cell, 4, 3, 5, "float64")
    batch = _batch([model], task, lr=0.01)
    batch.run(30)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(30):
        logits, _ = model(torch.tensor(task.one_hot(), dtype=torch.float64))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, torch.tensor(task.y)).backward()
        optimizer.step()
    np.testing.assert_allclose(batch.parameters[0], _flat(model.parameters()), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_trains_to_the_same_bits_alone_and_in_a_crowd(cell, dtype):
    task = alphabet_task("abcabC", 10)
    models = [_model(cell, 4, 3, seed, dtype) for seed in range(lanes(np.dtype(dtype).itemsize))]
    crowd = _batch(models, task)
    crowd_losses, _ = crowd.run(40)
    for k in (0, 3, len(models) - 1):
        alone = _batch([models[k]], task)
        losses, _ = alone.run(40)
        np.testing.assert_array_equal(losses[:, 0], crowd_losses[:, k])
        np.testing.assert_array_equal(alone.parameters[0], crowd.parameters[k])


def test_a_diverged_lane_shows_and_disturbs_nobody():
    task = alphabet_task("abcabC", 10)
    models = [_model("rnn_relu", 4, 3, seed) for seed in range(4)]
    rates = np.array([0.1, 1e4, 0.1, 0.1])
    losses, _ = _batch(models, task, lr=rates).run(60)
    alone, _ = _batch([models[2]], task).run(60)
    assert not np.isfinite(losses[-1, 1])
    np.testing.assert_array_equal(losses[:, 2], alone[:, 0])


def test_rewinding_gives_the_same_numbers_again():
    task = alphabet_task("abaB", 10)
    batch = _batch([_model("gru", 3, 2, 1)], task)
    batch.run(7)
    position = batch.position()
    first, _ = batch.run(9)
    after = batch.parameters
    batch.rewind(position)
    again, _ = batch.run(9)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(after, batch.parameters)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTMVIZ_CACHE_DIR", str(tmp_path))
    cache.cache_folder.cache_clear()
    yield tmp_path
    cache.cache_folder.cache_clear()


def test_warming_keeps_machine_code_and_leaves_a_mark(tmp_path):
    """In a process of its own, because numba asks for the folder when a function is decorated."""
    code = "from lstmviz.fused import is_warm, warm; assert not is_warm('gru'); warm('gru'); assert is_warm('gru')"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"LSTMVIZ_CACHE_DIR": str(tmp_path)})
    assert list(tmp_path.glob("compiled/*/*.ready"))
    assert list(tmp_path.glob("compiled/*/*/*.nbc"))


@pytest.mark.parametrize("name", ["Batch", "Single", "Network"])
def test_each_kernel_has_a_mark_of_its_own(name, own_cache, monkeypatch):
    kinds = {"Batch": {}, "Single": {"hidden_size": 15, "alone": True}, "Network": {"hidden_size": 16}}
    ran = []

    def noted(kernel):  # which takes up to half a minute to compile
        return lambda *_, **__: SimpleNamespace(run=lambda epochs: ran.append(kernel))

    for kernel in kinds:
        monkeypatch.setattr(importlib.import_module("lstmviz.fused.warm"), kernel, noted(kernel))
    assert not any(is_warm("gru", **kind) for kind in kinds.values())
    warm("gru", **kinds[name])
    assert ran == [name]
    assert [one for one, kind in kinds.items() if is_warm("gru", **kind)] == [name]


def test_another_copy_of_the_sources_has_a_folder_of_its_own(own_cache, tmp_path, monkeypatch):
    """numba compiles anew for a file at another place or of another time: a mark of the first would be a lie there."""

    def folder():
        cache.cache_folder.cache_clear()
        return cache.cache_folder()

    ours = folder()
    assert folder() == ours
    (tmp_path / "copies").mkdir()
    copies = [tmp_path / "copies" / f"{k}.py" for k in range(len(cache.SOURCES))]
    for source, copy in zip(cache.SOURCES, copies, strict=True):
        shutil.copy2(source, copy)
    monkeypatch.setattr(cache, "SOURCES", copies)
    elsewhere = folder()
    assert elsewhere != ours
    os.utime(copies[0], (0, 0))
    assert folder() not in (ours, elsewhere)


def test_only_what_nobody_used_for_a_month_is_removed(own_cache):
    ours = cache.cache_folder()
    old, recent, other = (ours.parent / name for name in ("0" * 16, "1" * 16, "something else"))
    for folder in (old, recent, other):
        folder.mkdir()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    cache.tidy()
    assert [folder.exists() for folder in (ours, old, recent, other)] == [True, False, True, True]


def test_a_folder_that_cannot_be_written_to_is_done_without(own_cache):
    (own_cache / "compiled").write_text("a file where the folder should be")
    folder = cache.cache_folder()
    assert own_cache not in folder.parents
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameters": np.zeros((17, 36), np.float32)}, "at most 16 rows of 36"),
        ({"parameters": np.zeros((1, 35), np.float32)}, "at most 16 rows of 36"),
        ({"x": np.array([0, 3])}, "`x` must hold letters 0 to 2; got 0 to 3"),
        ({"y": np.array([-1, 0])}, "`y` must hold letters 0 to 2; got -1 to 0"),
        ({"y": np.array([0])}, "as long as each other"),
    ],
)
def test_what_the_kernels_do_not_check_is_checked_before(change, message):
    given = {"parameters": np.zeros((1, 36), np.float32), "x": np.array([0, 1]), "y": np.array([1, 2])} | change
    with pytest.raises(ValueError, match=re.escape(message)):
        Batch("rnn", *given.values(), letters=3, hidden_size=3, lr=0.1)


def test_no_epochs_can_be_taken_back():
    with pytest.raises(ValueError, match="`epochs` must be at least 0; got -1"):
        _batch([_model("rnn", 3, 2, 1)], alphabet_task("abaB", 2)).run(-1)
