"""Texts learned by heart: against torch's own loop, the notes' last line, and readers that only count."""

import json
from collections import Counter, defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.tasks import text_task
from lstmviz.texts import SOURCES, TextConfig, influence, learn, network_of, open_letters


def plain_training(config, epochs):
    """The notes' loop in torch alone: losses, and what is read after so many updates."""
    task = config.task()
    letters, window, text = task.alphabet, config.window, task.text
    codes = [letters.index(letter) for letter in text]
    starts = range(len(codes) - window)
    x = torch.eye(len(letters))[torch.tensor([codes[k : k + window] for k in starts])].transpose(0, 1)
    y = torch.tensor([codes[k + 1 : k + 1 + window] for k in starts]).T
    size = len(letters)
    kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[config.cell]
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        layer, head = kind(size, size, num_layers=2), torch.nn.Linear(size, size)
    adam = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=config.lr)
    losses = []
    for epoch in range(epochs + 1):
        said = head(layer(x)[0])
        loss = torch.nn.functional.cross_entropy(said.reshape(-1, size), y.reshape(-1))
        losses.append(loss.item())
        if epoch < epochs:
            adam.zero_grad()
            loss.backward()
            adam.step()
    best = said.argmax(dim=2)
    return losses, "".join(letters[code] for code in (*best[:, 0].tolist(), *best[-1, 1:].tolist()))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_training_is_the_notes_loop(cell):
    config = TextConfig(text=SOURCES["goethe"].text, cell=cell, epochs=8, seed=3)
    losses, read = plain_training(config, 8)
    one = learn(config)
    assert one.losses == pytest.approx(losses, rel=2e-3)
    assert "".join(config.task().alphabet[code] for code in one.readings[8]) == read


def test_some_seed_ends_as_the_notes_do():
    printed = "nowing is not enough; we must apply. Willing is not enough; we must ao"  # as the notes print it
    last = {
        "".join(one.config.task().alphabet[code] for code in one.readings[50])
        for one in (learn(TextConfig(text=SOURCES["goethe"].text, seed=seed)) for seed in range(6))
    }
    assert any(text.startswith(printed) for text in last)


def test_the_notes_last_letter_is_open_and_none_is_in_windows_of_thirty():
    task = text_task(SOURCES["goethe"].text, 10)
    read = task.text[1:]
    places = np.flatnonzero(open_letters(task))
    assert [read[:place].endswith("we must ") for place in places] == [True, True]
    assert "".join(read[place] for place in places) == "ad"
    assert not open_letters(text_task(SOURCES["goethe"].text, 30)).any()


def open_by_counting(text, window):
    """The same from the strings that are read, one after the other."""
    after = defaultdict(set)
    for start in range(len(text) - window):
        for step in range(window):
            after[text[start : start + step + 1]].add(text[start + step + 1])
    prefixes = [text[: step + 1] for step in range(window)]
    whole = [text[start : start + window] for start in range(1, len(text) - window)]
    return [len(after[read]) > 1 for read in (*prefixes, *whole)]


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="ab c", min_size=3, max_size=40).filter(lambda text: len(set(text)) > 1), data=st.data())
def test_open_letters_are_those_that_counting_finds_open(text, data):
    window = data.draw(st.integers(1, len(text) - 1))
    assert open_letters(text_task(text, window)).tolist() == open_by_counting(text, window)


def test_a_network_is_judged_by_the_letters_that_can_be_known():
    one = learn(TextConfig(text=SOURCES["goethe"].text, seed=0))
    assert one.by_heart
    assert not one.without_mistake
    assert one.learned_at is not None
    before = learn(TextConfig(text=SOURCES["goethe"].text, seed=0, epochs=one.learned_at - 1))
    assert not before.by_heart
    assert learn(TextConfig(text=SOURCES["goethe"].text, seed=0, epochs=one.learned_at)).by_heart


def test_a_text_of_own_syllables_is_read_without_any_mistake():
    one = learn(TextConfig(text=SOURCES["aegukga"].text, cell="lstm", epochs=60, seed=1))
    assert one.without_mistake
    assert not one.open.any()
    assert not one.mistakes(60).any()
    assert one.mistakes(0).any()


def test_readings_are_kept_at_ten_epochs_and_the_last():
    assert TextConfig(text="abac", window=2, epochs=100).readings == tuple(range(0, 101, 10))
    assert TextConfig(text="abac", window=2, epochs=5).readings == (0, 5)
    assert len(TextConfig(text="abac", window=2, epochs=1999).readings) <= 11


def test_looking_may_end_a_training():
    class EnoughError(Exception):
        pass

    seen = []

    def look(epoch):
        seen.append(epoch)
        if epoch == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        learn(TextConfig(text="abacabad", window=3), look)
    assert seen == [0, 1, 2, 3]


def test_a_training_that_diverges_says_so():
    one = learn(TextConfig(text="abacabad" * 3, window=5, cell="rnn_relu", lr=10.0, epochs=200, seed=1))
    assert one.diverged == (not np.isfinite(one.losses[-1]))
    if one.diverged:
        assert not one.by_heart
        assert not one.without_mistake


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "a"}, "`text` must have 2"),
        ({"text": "aaaa"}, "two different"),
        ({"window": 4}, "`window` must be shorter"),
        ({"cell": "transformer"}, "`cell`"),
        ({"hidden_size": 0}, "`hidden_size`"),
        ({"num_layers": 5}, "`num_layers`"),
        ({"epochs": 0}, "`epochs`"),
        ({"lr": float("nan")}, "`lr`"),
        ({"seed": -1}, "`seed`"),
    ],
)
def test_bad_values_are_refused_by_name(change, words):
    with pytest.raises(ValueError, match=words):
        TextConfig(**{"text": "abac", "window": 2, **change})


@pytest.mark.parametrize(("cell", "layers"), [("rnn", 1), ("lstm", 2), ("gru", 2), ("rnn_relu", 3)])
def test_influence_is_the_gradient_through_all_of_the_text(cell, layers):
    config = TextConfig(text="abacabadabra", window=3, cell=cell, num_layers=layers, hidden_size=5)
    model = network_of(config).double()
    codes = config.task().x
    found = influence(model, codes, back=4)
    x = torch.eye(5, dtype=torch.float64)[torch.tensor(np.array(codes))].requires_grad_()
    said = torch.log_softmax(model(x)[0], dim=1).max(dim=1).values
    for t in range(len(codes)):
        (gradient,) = torch.autograd.grad(said[t], x, retain_graph=True)
        for back in range(4):
            expected = gradient[t - back].norm().item() if t >= back else 0.0
            assert found[t, back] == pytest.approx(expected, abs=1e-12)


def test_influence_of_many_letters_is_that_of_few():
    config = TextConfig(text="".join(chr(97 + (k * k) % 11) for k in range(400)), window=5, hidden_size=4)
    model, codes = network_of(config), config.task().x
    assert influence(model, codes, 6)[:50] == pytest.approx(influence(model, codes[:50], 6), abs=1e-6)


def test_influence_refuses_what_is_no_text():
    model = network_of(TextConfig(text="abac", window=2))
    for codes in (np.array([], dtype=np.int64), np.array([7]), np.array([[0]]), np.array([-1])):
        with pytest.raises(ValueError, match="`codes`"):
            influence(model, codes)
    with pytest.raises(ValueError, match="`back`"):
        influence(model, np.array([0]), 0)


def test_the_texts_that_come_along_can_be_learned():
    for source in SOURCES.values():
        letters = Counter(TextConfig(text=source.text, cell=source.cell, epochs=source.epochs).task().text)
        assert len(letters) > 10
    assert len(SOURCES["goethe"].text) == 72
    assert json.dumps(SOURCES["anthem"].text).count("\\n") == 7
