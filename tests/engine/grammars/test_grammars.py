"""Languages learned: what is asked, judged and held, against plain torch step by step and against enumeration."""

import itertools
import re

import numpy as np
import pytest
import torch

from lstmviz.grammars import (
    ASKED,
    COUNTED,
    EMBEDDED,
    GRAPHS,
    LANGUAGES,
    STREAMS,
    GrammarConfig,
    drawn_string,
    knockout,
    learn,
    length_name,
    network_of,
    read,
    strings_by_length,
    trained_to,
)
from lstmviz.tasks.grammar import legal_after
from lstmviz.tasks.spelling import all_strings
from lstmviz.training import TrainConfig, train

SMALL = {"hidden_size": 5, "longest": 4, "updates": 150, "tests": 8}
# Each language once more, in other words than the engine's tables.
BELONGS = {
    "parity": lambda word: word.count("1") % 2 == 1,
    "tomita1": lambda word: re.fullmatch("1*", word),
    "tomita2": lambda word: re.fullmatch("(10)*", word),
    "tomita3": lambda word: not re.search("(^|0)1(11)*0(00)*(1|$)", word),
    "tomita4": lambda word: "000" not in word,
    "tomita5": lambda word: word.count("0") % 2 == 0 and word.count("1") % 2 == 0,
    "tomita6": lambda word: (word.count("0") - word.count("1")) % 3 == 0,
    "tomita7": lambda word: re.fullmatch("0*1*0*1*", word),
}


def config_of(language, **more):
    return GrammarConfig(language=language, **{**SMALL, **more})


def words(config, examples):
    """What is read, and for a grammar the last symbol, which is only asked for."""
    letters = config.task().alphabet
    for row, asked, length in zip(examples.inputs, examples.targets, examples.lengths, strict=True):
        codes = list(row[:length]) + ([] if config.language in ASKED else [asked[length - 1]])
        yield "".join(letters[code] for code in codes)


def plain(model, word, letters, hold=None):
    """The logits after each symbol, by torch's cell, one step at a time; `hold`: unit -> the value its state has."""
    cell = model.config.cell
    kinds = {"lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}
    if cell in kinds:
        one = kinds[cell](len(letters), model.config.hidden_size)
    else:
        one = torch.nn.RNNCell(
            len(letters), model.config.hidden_size, nonlinearity="relu" if "relu" in cell else "tanh"
        )
    one.load_state_dict({name.removesuffix("_l0"): value for name, value in model.recurrent.state_dict().items()})
    h, c = torch.zeros(2, model.config.hidden_size)
    logits, states = [], []
    with torch.no_grad():
        for symbol in word:
            x = torch.eye(len(letters))[letters.index(symbol)]
            if cell == "lstm":
                w = one.weight_ih @ x + one.bias_ih + one.weight_hh @ h + one.bias_hh
                i, f, g, o = w.chunk(4)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                for unit, value in (hold or {}).items():
                    c[unit] = value
                h = o.sigmoid() * c.tanh()
                states.append(c.clone())
            else:
                h = one(x, h)
                for unit, value in (hold or {}).items():
                    h[unit] = value
                states.append(h.clone())
            logits.append(model.head(h))
    return torch.stack(logits), torch.stack(states)


def ends_of_strings(stream):
    """Before which symbols of a stream the T or P of its second one is due: the inner string has just ended."""
    return [found.end() - 1 for found in re.finditer("B[TP]B[TPSXV]*E", stream) if found.end() < len(stream)]


def is_right(language, word, logits, letters, first=0):
    """The judgement in plain words: all that may come before all that may not; or the answer."""
    if language in ASKED:
        return logits[-1].argmax().item() == bool(BELONGS[language](word))
    for row, legal in zip(logits, legal_after(language, word)[first:], strict=True):
        values = dict(zip(letters, row.tolist(), strict=True))
        if min(values[one] for one in legal) <= max(values[one] for one in set(letters) - legal):
            return False
    return True


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_length_is_asked_by_different_strings_that_were_not_learned_from(language):
    config = config_of(language, seed=3, batch=32)
    tests = strings_by_length(config)
    learned = set(words(config, config.task().examples(0, count=60)))
    assert list(tests) == sorted(tests)
    apart = 10 if language in STREAMS else 1
    assert set(range(min(tests), 2 * trained_to(config) + 1, apart)) <= set(tests)
    assert max(tests) >= 10 * trained_to(config) or language in GRAPHS
    for length, examples in tests.items():
        asked = list(words(config, examples))
        assert len(set(asked)) == len(asked) <= (1 if language in COUNTED else 8)
        for word in asked:
            assert {"n": word.count("a"), "symbols": len(word), "bits": len(word)}[length_name(language)] == length
            if language in ASKED:
                assert config.task().reading(word).y[-1] == bool(BELONGS[language](word))
            else:
                assert legal_after(language, word) is not None
        if language not in GRAPHS and length > (59 if language in STREAMS else config.longest):
            assert learned.isdisjoint(asked)
        if language == "reber" and length >= 9:  # ten strings or more
            assert learned.isdisjoint(asked)
        if language in ASKED and len({bool(BELONGS[language](word)) for word in asked}) == 2:
            assert abs(sum(bool(BELONGS[language](word)) for word in asked) - len(asked) / 2) < len(asked) / 2


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("rnn", "embedded_reber"),
        ("gru", "continual_reber"),
        ("lstm", "reber"),
        ("gru", "anbncn"),
        ("rnn_relu", "tomita5"),
        ("lstm", "parity"),
    ],
)
def test_it_learns_as_train_does_and_is_judged_as_a_plain_reading_is(cell, language):
    config = config_of(language, cell=cell, seed=5, lr=0.03)
    found, model = learn(config), config.network()
    records = list(train(model, config.task(), TrainConfig(epochs=config.updates, lr=config.lr)))[:-1]
    assert found.updates[-1] == config.updates
    assert found.loss[-1] == pytest.approx(np.mean([one.loss for one in records[found.updates[-2] :]]))
    assert found.accuracy[0] == pytest.approx(np.mean([one.accuracy for one in records[: found.updates[0]]]))
    for name, array in found.parameters.items():
        np.testing.assert_array_equal(array, model.state_dict()[name].numpy())
    letters = config.task().alphabet
    reached = None
    for length, examples in strings_by_length(config).items():
        if length > (40 if language in STREAMS else 16):
            break
        asked = list(words(config, examples))
        told = [plain(model, word if language in ASKED else word[:-1], letters)[0] for word in asked]
        right = [is_right(language, word, one, letters) for word, one in zip(asked, told, strict=True)]
        assert (found.by_length[length].solved, found.by_length[length].trials) == (sum(right), len(right))
        if not all(right) and reached is None:
            reached = length
        if language == "embedded_reber":
            last = [letters[one[-2].argmax()] == word[-2] for word, one in zip(asked, told, strict=True)]
            assert found.remembered[length].solved == sum(last)
        if language in STREAMS:
            kept = [
                is_right(language, word[: t + 2], one[t : t + 1], letters, t)
                for word, one in zip(asked, told, strict=True)
                for t in ends_of_strings(word)
            ]
            assert (found.remembered[length].solved, found.remembered[length].trials) == (sum(kept), len(kept))
    if reached is not None:
        assert found.right_up_to == max((length for length in found.by_length if length < reached), default=0)
    assert bool(found.remembered) == (language in EMBEDDED)


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("lstm", "embedded_reber"),
        ("gru", "embedded_reber"),
        ("rnn", "continual_reber"),
        ("rnn", "reber"),
        ("lstm", "anbn"),
        ("rnn_relu", "tomita4"),
    ],
)
def test_a_unit_held_at_its_mean_does_what_a_loop_by_hand_says(cell, language):
    config = config_of(language, cell=cell, seed=1, updates=400, lr=0.03)
    model = network_of(config, learn(config).parameters)
    longest = {"reber": 8, "embedded_reber": 10, "continual_reber": 10}.get(language)
    found, letters = knockout(config, model, longest), config.task().alphabet
    if language in (*GRAPHS, *STREAMS):
        asked = all_strings("reber" if language == "reber" else "embedded_reber", found.longest)
    elif language in COUNTED:
        asked = ["S" + "a" * n + "b" * n + "T" for n in range(1, 5)]
    else:
        asked = ["".join(bits) for n in range(1, 5) for bits in itertools.product("01", repeat=n)]
    read_part = [word if language in ASKED else word[:-1] for word in asked]
    states = torch.cat([plain(model, word, letters)[1] for word in read_part])
    assert found.quantity == ("c" if cell == "lstm" else "h")
    np.testing.assert_allclose(found.means, states.double().mean(0).numpy(), atol=1e-5)

    def right(units):
        count = 0
        for word, part in zip(asked, read_part, strict=True):
            logits, _ = plain(model, part, letters, {unit: found.means[unit] for unit in units})
            if language in EMBEDDED:
                due, other = word[1], "TP".replace(word[1], "")
                count += bool(logits[-2][letters.index(due)] > logits[-2][letters.index(other)])
            else:
                count += is_right(language, word, logits, letters)
        return count

    assert found.free.trials == len(asked)
    assert found.free.solved == right(())
    assert [one.solved for one in found.held] == [right((unit,)) for unit in range(5)]
    assert found.all_held.solved == right(range(5))


def test_with_all_units_held_t_or_p_is_a_coin_and_one_that_remembers_hangs_on_some_unit():
    config = GrammarConfig(language="embedded_reber", hidden_size=10, updates=1500, lr=0.03, seed=0, batch=16)
    learned = learn(config)
    found = knockout(config, network_of(config, learned.parameters))
    assert found.all_held.rate == 0.5  # T and P alike, whatever is said
    assert found.free.rate > 0.95
    assert found.needed
    assert all(found.held[unit].rate < found.free.rate for unit in found.needed)
    others = [rate for unit, rate in enumerate(found.held) if unit not in found.needed]
    assert all(found.free.rate - rate.rate < 0.05 for rate in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_string_is_read_as_torch_reads_it(language):
    config = config_of(language, cell="gru")
    word, letters = drawn_string(config, 2), config.task().alphabet
    seen = read(config, config.network(), word)
    part = word if language in ASKED else word[:-1]
    expected = plain(config.network(), part, letters)[0].softmax(-1).numpy()
    np.testing.assert_allclose(seen.probabilities, expected, atol=1e-6)
    if language in ASKED:
        legal = [{config.task().answers[bool(BELONGS[language](word[: t + 1]))]} for t in range(len(word))]
    else:
        legal = legal_after(language, word)
    assert [{one for one, may in zip(seen.said, row, strict=True) if may} for row in seen.legal] == legal
    for row, may, mass, right in zip(expected, seen.legal, seen.mass, seen.right, strict=True):
        assert mass == pytest.approx(row[may].sum(), abs=1e-6)
        assert right == (row[may].min() > row[~may].max())


def test_a_training_may_be_ended_from_outside():
    class OverError(Exception):
        pass

    def look(update):
        raise OverError

    with pytest.raises(OverError):
        learn(GrammarConfig(updates=100_000), look)


def test_a_training_that_diverges_is_told():
    found = learn(GrammarConfig(cell="rnn_relu", hidden_size=40, updates=500, lr=10.0, longest=30))
    assert found.diverged == (not np.isfinite(found.loss).all())
    assert bool(found.by_length) != found.diverged


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "anbncndn"),
        ("cell", "cnn"),
        ("hidden_size", 65),
        ("longest", 3),
        ("longest", 31),
        ("updates", 0),
        ("lr", 0.0),
        ("lr", float("nan")),
        ("batch", 257),
        ("seed", -1),
        ("tests", 7),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`"):
        GrammarConfig(**{name: value})
