"""Readers: images distorted as asked, trained as the notes train, and as good as their log says."""

import copy
import re
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from lstmviz.digits.augment import augment
from lstmviz.digits.evaluation import Evaluation, evaluate, other_hands
from lstmviz.digits.readers import READERS, WEIGHTS, load_reader, measured_accuracy
from lstmviz.digits.reading import gradient
from lstmviz.digits.recipes import CELLS, RECIPES, Augmentation, Recipe
from lstmviz.digits.sample import sample
from lstmviz.digits.training import _one_cycle, reader_config, train
from lstmviz.models import build_model, parameters_of

SMALL = Recipe(hidden_size=16, batch=20, epochs=3, lr=0.01)
SHARES = ("coarse", "squares")  # of the images, not amounts
BEST = RECIPES["best"].augmentation
assert BEST is not None


@pytest.fixture(autouse=True)
def _one_thread():
    """Such small networks are no faster on two, and much slower where the second core is busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def drawn(count: int = 40) -> torch.Tensor:
    return torch.from_numpy(sample().images[:count]).float() / 255


def bars(count: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    """Images of a bar at one of ten heights, on some noise; which one is the label."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, count)
    images = rng.integers(0, 40, (count, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 4 : 2 * label + 7, 6:22] = 255
    return torch.from_numpy(images), torch.from_numpy(labels)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_distortion_images_stay_as_they_are():
    x = drawn()
    assert torch.equal(augment(x, Augmentation(), seeded()), x)


def test_the_smallest_distortion_of_each_kind_changes_next_to_nothing():
    x = drawn()
    for field in fields(Augmentation):
        if field.name not in SHARES:
            assert torch.allclose(augment(x, Augmentation(**{field.name: 1e-4}), seeded()), x, atol=5e-3), field.name


@pytest.mark.parametrize("name", [field.name for field in fields(Augmentation) if field.name != "squares"])
def test_each_distortion_keeps_ink_in_its_range_and_follows_from_the_seed(name):
    x = drawn()
    before = x.clone()
    how = Augmentation(**{name: getattr(BEST, name)})
    once, again, other = (augment(x, how, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(x, before)
    assert once.shape == x.shape
    assert once.dtype == torch.float32
    assert 0 <= once.min() <= once.max() <= 1
    assert torch.equal(once, again)
    assert not torch.equal(once, other)
    assert not torch.equal(once, x)


def test_all_distortions_together_leave_digits_that_are_read():
    """Those of the recipe are hands, not noise: the network that learned with them knows most of them again."""
    shown = sample()
    images = torch.from_numpy(shown.images[shown.drawn]).float() / 255
    found = evaluate(load_reader(), augment(images, BEST, seeded()).numpy(), shown.labels[shown.drawn])
    assert found.accuracy > 0.95


def _centre(x: torch.Tensor) -> torch.Tensor:
    """(N, 2): row and column of the centre of mass."""
    places = torch.arange(28.0)
    mass = x.sum((1, 2))
    return torch.stack([(x.sum(2) * places).sum(1), (x.sum(1) * places).sum(1)], 1) / mass[:, None]


def test_a_shift_moves_by_so_many_pixels():
    x = drawn(200)
    moved = _centre(augment(x, Augmentation(shift=2.0), seeded())) - _centre(x)
    assert 1.8 < moved.abs().max() < 2.05
    assert moved.mean().abs() < 0.3


def test_a_size_and_a_rotation_are_those_of_geometry():
    """A bar of known spread: its second moments tell how large it became, and at what angle it lies."""
    x = torch.zeros(300, 28, 28)
    x[:, 7:21, 9:19] = 1
    places = torch.arange(28.0) - 13.5

    def spread(y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mass = y.sum((1, 2))
        rows, columns = (y.sum(2) * places**2).sum(1) / mass, (y.sum(1) * places**2).sum(1) / mass
        return rows, columns, torch.einsum("nrc,r,c->n", y, places, places) / mass

    tall, broad, _ = spread(x)
    larger, _, _ = spread(augment(x, Augmentation(scale=0.2), seeded()))
    ratio = (larger / tall).sqrt().log()
    assert 0.18 < ratio.abs().max() < 0.21
    narrow, wide, _ = spread(augment(x, Augmentation(aspect=0.2), seeded()))
    assert torch.allclose((narrow / tall).sqrt().log(), -(wide / broad).sqrt().log(), atol=0.04)
    rows, columns, mixed = spread(augment(x, Augmentation(rotation=12.0), seeded()))
    angle = torch.rad2deg(torch.atan2(2 * mixed, rows - columns) / 2)
    assert 11 < angle.abs().max() < 12.5
    assert torch.allclose(rows + columns, tall + broad, rtol=0.03)  # turned, not sheared or stretched
    rows, _, mixed = spread(augment(x, Augmentation(shear=0.2), seeded()))
    assert torch.allclose(rows, tall, rtol=0.02)
    assert 0.18 < (mixed / rows).abs().max() < 0.21


def test_strokes_become_at_most_a_pixel_thicker_on_each_side():
    x = torch.zeros(100, 28, 28)
    x[:, 10:18, 10:18] = 1
    y = augment(x, Augmentation(stroke=1.0), seeded())
    assert y[:, :9].max() == 0
    assert (y[:, 11:17, 11:17] == 1).all()  # the inside stays, however thin it becomes
    rim, outside = y[:, 10, 12], y[:, 9, 12]
    assert torch.all((outside == 0) | (rim == 1))
    assert outside.max() > 0.9
    assert rim.min() < 0.35


def test_coarse_images_are_as_many_as_asked():
    x = drawn(400)
    changed = (augment(x, Augmentation(coarse=0.3), seeded()) != x).any((1, 2))
    assert 0.2 < changed.float().mean() < 0.4


def test_coarse_pixels_become_squares_where_asked_and_change_nothing_else():
    x = drawn(200)
    smooth, square = (augment(x, Augmentation(coarse=1.0, squares=share), seeded()) for share in (0.0, 1.0))
    steps = [(image.diff(dim=2) != 0).float().mean() for image in (smooth, square)]
    assert steps[1] < 0.8 * steps[0]  # neighbours within a square are alike
    assert torch.allclose(smooth.mean((1, 2)), square.mean((1, 2)), atol=0.02)


def test_the_rate_rises_and_falls_once():
    rates = np.array([_one_cycle(done) for done in np.linspace(0, 1, 501)])
    assert (rates[0], rates[100], rates[-1]) == pytest.approx((1 / 25, 1, 1e-3))
    assert (np.diff(rates[:101]) > 0).all()
    assert (np.diff(rates[100:]) < 0).all()


@pytest.mark.parametrize("cell", CELLS)
def test_the_notes_recipe_is_the_notes_loop(cell):
    """Against the loop as the notes write it: batch first, Adam, CrossEntropyLoss on the last row's output."""
    images, labels = bars(60)
    recipe = replace(RECIPES["notes"], batch=20, epochs=2)
    *_, last = train(recipe, cell, 3, images, labels)

    torch.manual_seed(3)
    layer = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell](28, 128, 2, batch_first=True)
    linear = nn.Linear(128, 10)
    optimizer = torch.optim.Adam([*layer.parameters(), *linear.parameters()], lr=0.01)
    order = torch.Generator().manual_seed(3)
    losses = []
    for _ in range(2):
        for chosen in torch.randperm(60, generator=order).split(20):
            out, _ = layer(images[chosen].float() / 255)
            loss = nn.CrossEntropyLoss()(linear(out[:, -1, :]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert last.loss == pytest.approx(np.mean(losses[3:]), rel=1e-3)
    for name, value in layer.state_dict().items():
        assert torch.allclose(last.model.state_dict()[f"recurrent.{name}"], value, atol=2e-4), name


def test_training_learns_and_follows_from_the_seed():
    images, labels = bars()
    recipe = replace(
        SMALL,
        epochs=6,
        one_cycle=True,
        weight_decay=0.01,
        dropout=0.2,
        smoothing=0.05,
        clip=1.0,
        average=0.9,
        early=0.1,
        augmentation=Augmentation(shift=1.0, bend=0.3, stroke=0.3, coarse=0.2),
    )
    state = torch.get_rng_state()
    steps = []
    runs = []
    for seed in (0, 0, 1):
        epochs = list(train(recipe, "lstm", seed, images, labels, on_step=lambda: steps.append(1)))
        runs.append(([epoch.loss for epoch in epochs], parameters_of(epochs[-1].model)))
    (losses, weights), (again, same), (other, _) = runs
    assert len(steps) == 3 * 6 * 10
    assert losses[-1] < 0.9 * losses[0]
    assert losses == again
    assert all(np.array_equal(weights[name], same[name]) for name in weights)
    assert losses != other
    assert torch.equal(torch.get_rng_state(), state)


def test_training_goes_on_from_weights():
    images, labels = bars(40)
    *_, first = train(replace(SMALL, average=0.5), "gru", 0, images, labels)
    still = replace(SMALL, epochs=1, lr=1e-9, average=0.5)
    (same,) = train(still, "gru", 1, images, labels, start=first.model)
    for name, value in parameters_of(first.model).items():
        np.testing.assert_allclose(parameters_of(same.model)[name], value, atol=1e-6)
    with pytest.raises(ValueError, match=r"^`start` must be a network as the recipe trains, "):
        train(SMALL, "lstm", 0, images, labels, start=first.model)


def test_bars_are_learned():
    images, labels = bars()
    *_, last = train(replace(SMALL, epochs=15), "gru", 0, images, labels)
    assert evaluate(last.model, images.numpy(), labels.numpy()).accuracy > 0.9
    assert last.model.recurrent.dropout == 0
    assert not last.model.training


@pytest.mark.parametrize("average", [0.2, 0.9])  # reached after two updates, and by none of three
def test_averaged_weights_lie_between_those_of_the_way(average):
    """With nothing kept they are the last ones, with all kept they would stay; the first steps count as many."""
    images, labels = bars(40)
    start = parameters_of(build_model(reader_config(SMALL, "rnn", 0)))
    plain = [parameters_of(epoch.model) for epoch in train(replace(SMALL, batch=40), "rnn", 0, images, labels)]
    averaged = [
        parameters_of(epoch.model)
        for epoch in train(replace(SMALL, batch=40, average=average), "rnn", 0, images, labels)
    ]
    expected = {name: value.astype(np.float64) for name, value in start.items()}
    for step, (now, told) in enumerate(zip(plain, averaged, strict=True), start=1):
        kept = min(average, step / (step + 10))
        for name in expected:
            expected[name] = kept * expected[name] + (1 - kept) * now[name]
            assert np.allclose(told[name], expected[name], atol=1e-6)


@pytest.mark.parametrize(
    ("images", "labels", "cell", "sentence"),
    [
        (torch.zeros(3, 28, 28), torch.zeros(3).long(), "lstm", "`images` must be uint8"),
        (torch.zeros(3, 8, 8).byte(), torch.zeros(3).long(), "lstm", r"got torch.uint8 \(3, 8, 8\)"),
        (torch.zeros(0, 28, 28).byte(), torch.zeros(0).long(), "lstm", "`images` must be"),
        (torch.zeros(3, 28, 28).byte(), torch.zeros(2).long(), "lstm", "one label for each image; got 2 for 3"),
        (torch.zeros(3, 28, 28).byte(), torch.zeros(3).long(), "transformer", "`cell` must be one of"),
    ],
)
def test_what_does_not_fit_is_refused_at_once(images, labels, cell, sentence):
    with pytest.raises(ValueError, match=sentence):
        train(SMALL, cell, 0, images, labels)


def test_an_evaluation_counts_right():
    probabilities = np.full((4, 10), 0.05, np.float32)
    for row, (answer, sure) in enumerate([(3, 0.9), (3, 0.6), (7, 0.8), (1, 0.5)]):
        probabilities[row, answer] = sure
    found = Evaluation(np.array([3, 3, 1, 1]), probabilities)
    assert found.answers.tolist() == [3, 3, 7, 1]
    assert found.accuracy == 0.75
    assert (found.confusion[3, 3], found.confusion[1, 7], found.confusion[1, 1], found.confusion.sum()) == (2, 1, 1, 4)
    assert found.hardest(3).tolist() == [2, 3, 1]


def test_bytes_and_shares_of_ink_are_read_alike():
    images, labels = sample().images[:30], sample().labels[:30]
    as_bytes, as_floats = (evaluate(load_reader(), x, labels) for x in (images, images.astype(np.float32) / 255))
    assert np.array_equal(as_bytes.probabilities, as_floats.probabilities)


@pytest.mark.parametrize("cell", READERS)
def test_the_shipped_weights_are_as_good_as_their_log_says(cell):
    """The sample is a fair one: three standard deviations below what the whole test set gave."""
    share = measured_accuracy(cell)
    shown = sample()
    found = evaluate(load_reader(cell), shown.images[shown.drawn], shown.labels[shown.drawn])
    assert len(found.labels) == 500
    assert found.accuracy >= share - 3 * np.sqrt(share * (1 - share) / 500)
    log = (WEIGHTS / "training.log").read_text(encoding="utf-8")
    assert f"{cell}: MNIST test {share:.2%} right" in log


LONGER = {("best", "lstm"): 96}
"""Epochs where they are not the recipe's; README says the same."""


@pytest.mark.parametrize("cell", READERS)
def test_the_shipped_weights_come_from_the_recipe(cell):
    """And from those that it goes on from; what each of them did is in the log."""
    with safe_open(WEIGHTS / f"{cell}.safetensors", "numpy") as stored:
        about = stored.metadata()
    log = (WEIGHTS / "training.log").read_text(encoding="utf-8")
    way = {"best": ["best"], "hands": ["best", "hands"], "settle": ["best", "hands", "settle"]}[about["recipe"]]
    for name in way:
        head, said, *lines = log.rsplit(f" train --recipe {name} --cell {cell} ", 1)[1].split("\n")
        start = "" if name == "best" else " --start [a-z/.]+"
        longer = LONGER.get((name, cell))
        epochs = f" --epochs {longer}" if longer else ""  # and no other number of them
        assert re.match(rf"--seed \d+{epochs}{start} --threads \d+: ", head)
        recipe = replace(RECIPES[name], epochs=longer or RECIPES[name].epochs)
        assert all(field in str(recipe) for field in re.findall(r"\w+=[\w.]+", said))
        *went, last = lines[: recipe.epochs + 1]
        assert all(line.startswith("epoch ") for line in went)
    assert (about["cell"], about["epochs"]) == (cell, str(recipe.epochs))
    assert head.startswith(f"--seed {about['seed']} ")
    both = (float(about[f"{name}_accuracy"]) for name in ("test", "load_digits"))
    assert re.findall(r"[0-9.]+%", last) == [f"{share:.2%}" for share in both]
    assert f"{cell}: temperature {about['temperature']} fitted on the last 5,000 images" in log


def test_the_shipped_lstm_reaches_what_was_set():
    assert measured_accuracy("lstm") >= 0.9965
    assert evaluate(load_reader("lstm"), *other_hands()).accuracy >= 0.978


def test_the_hardest_of_the_sample_are_hard():
    shown = sample()
    found = evaluate(load_reader(), shown.images, shown.labels)
    own = found.probabilities[np.arange(len(shown.labels)), shown.labels]
    hardest = slice(shown.drawn.stop, None)
    assert (len(shown.labels), shown.hardest) == (525, 25)
    assert own[hardest].max() < 0.7
    assert np.all(np.diff(own[hardest]) <= 1e-3)  # the hardest last, to what another processor rounds
    assert len(set(shown.indices[shown.drawn])) == 500


def test_the_shipped_weights_are_small():
    assert sum(file.stat().st_size for file in WEIGHTS.glob("*.safetensors")) < 2 * 10**6
    assert {file.name for file in WEIGHTS.iterdir()} == {
        *(f"{cell}.safetensors" for cell in READERS),
        *("doubt.safetensors", "training.log"),
    }


def test_other_hands_are_drawn_as_mnist_is():
    images, labels = other_hands()
    assert images.shape == (1797, 28, 28)
    assert np.bincount(labels).min() > 170
    assert 0 <= images.min() <= images.max() <= 1
    rows, columns = (np.flatnonzero(images[0].any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20


@pytest.mark.parametrize("kind", ["uint8", "int64", "uint16", "float64", "float32"])
def test_images_of_any_kind_are_read_alike(kind):
    shown = sample()
    images, labels = shown.images[shown.drawn], shown.labels[shown.drawn]
    given = images.astype(kind) if kind[0] in "iu" else images.astype(kind) / 255
    wanted = evaluate(load_reader(), images, labels)
    np.testing.assert_allclose(evaluate(load_reader(), given, labels).probabilities, wanted.probabilities, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"images": lambda images: images.astype(np.float32)},
            "whole numbers from 0 to 255, or others from 0 to 1; got",
        ),
        ({"images": lambda images: (images > 99).astype(np.int64)}, "must be floats where 1 is ink"),
        ({"images": lambda images: images.astype(np.int16) - 1}, "from 0 to 255"),
        ({"images": lambda images: images[0]}, r"must be numbers of shape \(n, 28, 28\); got uint8"),
        ({"images": lambda images: images[:0]}, r"must be numbers of shape \(n, 28, 28\); got uint8"),
        ({"images": lambda images: "a picture"}, "must be numbers of shape"),
        ({"images": lambda images: np.full(images.shape, np.nan)}, "from 0 to 1; got float64 from nan"),
        ({"labels": lambda labels: labels[:3]}, "`labels` must be as many as the images, "),
        ({"labels": lambda labels: labels + 7}, "whole numbers from 0 to 9"),
        ({"labels": lambda labels: labels.astype(float)}, "whole numbers from 0 to 9"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_a_sentence(change, words):
    shown = sample()
    given = {"images": shown.images[shown.drawn], "labels": shown.labels[shown.drawn]}
    for name, make in change.items():
        given[name] = make(given[name])
    with pytest.raises(ValueError, match=f"^[^\n]*{words}[^\n]*$"):
        evaluate(load_reader(), **given)


def test_a_slope_is_the_same_in_float64_and_in_inference_mode():
    image = sample().images[0] / 255
    wanted = gradient(load_reader(), image)
    model = copy.deepcopy(load_reader()).double()
    np.testing.assert_allclose(gradient(model, image), wanted, atol=1e-5)
    with torch.inference_mode():
        np.testing.assert_array_equal(gradient(load_reader(), image), wanted)


def test_what_is_no_reader_or_no_image_is_said_in_a_sentence():
    image = np.zeros((28, 28))
    with pytest.raises(TypeError, match=r"^`model` must be a Model; got a value of type LSTM\.$"):
        gradient(torch.nn.LSTM(28, 10), image)
    with pytest.raises(TypeError, match="`model` must be a Model"):
        evaluate(None, image[None], [0])
    with pytest.raises(ValueError, match=r"^`image` must be numbers of shape \(28, 28\)\.$"):
        gradient(load_reader(), "a picture")
