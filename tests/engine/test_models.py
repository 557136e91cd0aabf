"""The models: torch's own weights for a seed, to the bit, without a trace of it in torch's global generator."""

import copy
import dataclasses
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.models import CELLS, ModelConfig, build_model, load_parameters, parameters_of

LAYERS = {
    "rnn": (torch.nn.RNN, torch.nn.RNNCell, {}),
    "rnn_relu": (torch.nn.RNN, torch.nn.RNNCell, {"nonlinearity": "relu"}),
    "lstm": (torch.nn.LSTM, torch.nn.LSTMCell, {}),
    "gru": (torch.nn.GRU, torch.nn.GRUCell, {}),
}
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 9)


def config(**changes):
    return ModelConfig(**({"cell": "lstm", "input_size": 3, "hidden_size": 2, "output_size": 3} | changes))


def assert_same_weights(model, *modules):
    """The weights of `model` are those of `modules`, one after the other, in every bit."""
    expected = [parameter for module in modules for parameter in module.parameters()]
    ours = list(model.parameters())
    assert len(ours) == len(expected)
    for mine, other in zip(ours, expected, strict=True):
        assert mine.dtype == other.dtype
        assert torch.equal(mine, other)


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds, inputs=sizes, hidden=sizes, outputs=sizes, layers=st.integers(1, 3), both=st.booleans())
@settings(deadline=None, max_examples=25)
def test_layer_and_head_drawn_after_one_manual_seed(cell, seed, inputs, hidden, outputs, layers, both):
    kind, _, options = LAYERS[cell]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = kind(inputs, hidden, num_layers=layers, bidirectional=both, **options)
        head = torch.nn.Linear((1 + both) * hidden, outputs)
    model = build_model(
        config(
            cell=cell,
            input_size=inputs,
            hidden_size=hidden,
            output_size=outputs,
            seed=seed,
            num_layers=layers,
            bidirectional=both,
        )
    )
    assert type(model.recurrent) is kind
    assert_same_weights(model, layer, head)


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds, hidden=sizes)
@settings(deadline=None, max_examples=25)
def test_layer_and_head_each_drawn_after_its_own_manual_seed(cell, seed, hidden):
    kind, _, options = LAYERS[cell]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = kind(3, hidden, **options)
        torch.manual_seed(seed)
        head = torch.nn.Linear(hidden, 3)
    model = build_model(config(cell=cell, hidden_size=hidden, seed=seed, reseed_head=True))
    assert_same_weights(model, layer, head)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reseed", [False, True])
@given(seed=seeds, hidden=sizes)
@settings(deadline=None, max_examples=25)
def test_cell_drawn_and_copied_into_the_layer(cell, reseed, seed, hidden):
    _, kind, options = LAYERS[cell]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        drawn = kind(3, hidden, **options)
        if reseed:
            torch.manual_seed(seed)
        head = torch.nn.Linear(hidden, 3)
    model = build_model(config(cell=cell, hidden_size=hidden, seed=seed, draw="cell", reseed_head=reseed))
    assert_same_weights(model, drawn, head)


@pytest.mark.parametrize("cell", ["rnn", "rnn_relu"])
@pytest.mark.parametrize("reseed", [False, True])
@given(seed=seeds, inputs=sizes, hidden=sizes)
@settings(deadline=None, max_examples=25)
def test_hand_written_cell_drawn_as_two_linear_layers(cell, reseed, seed, inputs, hidden):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        i2h = torch.nn.Linear(inputs, hidden)
        h2h = torch.nn.Linear(hidden, hidden)
        if reseed:
            torch.manual_seed(seed)
        head = torch.nn.Linear(hidden, inputs)
    model = build_model(
        config(
            cell=cell,
            input_size=inputs,
            hidden_size=hidden,
            output_size=inputs,
            seed=seed,
            draw="linear",
            reseed_head=reseed,
        )
    )
    ours = model.recurrent
    for mine, other in [
        (ours.weight_ih_l0, i2h.weight),
        (ours.bias_ih_l0, i2h.bias),
        (ours.weight_hh_l0, h2h.weight),
        (ours.bias_hh_l0, h2h.bias),
        (model.head.weight, head.weight),
        (model.head.bias, head.bias),
    ]:
        assert torch.equal(mine, other)


@pytest.mark.parametrize("cell", CELLS)
def test_float64_is_the_same_network_in_double_precision(cell):
    single = parameters_of(build_model(config(cell=cell, seed=5)))
    double = parameters_of(build_model(config(cell=cell, seed=5, dtype="float64")))
    for name, array in double.items():
        assert array.dtype == np.float64
        np.testing.assert_array_equal(array, single[name])


def test_defaults_of_torch_in_the_calling_thread_change_nothing():
    expected = parameters_of(build_model(config(seed=3)))
    try:
        torch.set_default_dtype(torch.float64)
        with torch.device("meta"):
            model = build_model(config(seed=3))
    finally:
        torch.set_default_dtype(torch.float32)
    for name, array in parameters_of(model).items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, expected[name])


@pytest.mark.parametrize("draw", ["layer", "cell", "linear"])
def test_torchs_global_generator_is_neither_read_nor_moved(draw):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        before = torch.get_rng_state()
        first = parameters_of(build_model(config(cell="rnn", seed=7, draw=draw)))
        assert torch.equal(torch.get_rng_state(), before)
        torch.manual_seed(2)
        second = parameters_of(build_model(config(cell="rnn", seed=7, draw=draw)))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_threads_that_draw_at_once_get_the_weights_of_their_own_seeds():
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: parameters_of(build_model(config(seed=seed))), range(40)))
    for seed, parameters in enumerate(together):
        for name, array in parameters_of(build_model(config(seed=seed))).items():
            np.testing.assert_array_equal(parameters[name], array)


@pytest.mark.parametrize("cell", CELLS)
def test_forward_is_layer_then_head(cell):
    model = build_model(config(cell=cell, num_layers=2, bidirectional=True))
    x = torch.randn(5, 4, 3, generator=torch.Generator().manual_seed(0))
    hidden, final = model.recurrent(x)
    logits, state = model(x)
    assert torch.equal(logits, model.head(hidden))
    again, _ = model(x, state)
    assert again.shape == (5, 4, 3)
    assert not torch.equal(again, logits)
    assert type(state) is type(final)


@pytest.mark.parametrize("cell", CELLS)
def test_model_learns_copies_and_pickles_like_any_module(cell):
    model = build_model(config(cell=cell))
    x = torch.eye(3)
    model(x)[0].sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(twin(x)[0], model(x)[0])
        assert twin.config == model.config


def test_parameters_are_copies_under_torchs_names():
    model = build_model(config())
    parameters = parameters_of(model)
    assert list(parameters) == [
        "recurrent.weight_ih_l0",
        "recurrent.weight_hh_l0",
        "recurrent.bias_ih_l0",
        "recurrent.bias_hh_l0",
        "head.weight",
        "head.bias",
    ]
    before = model.head.weight.clone()
    parameters["head.weight"] += 1
    assert torch.equal(model.head.weight, before)


def test_loaded_parameters_are_the_models_and_not_shared():
    source, target = build_model(config(seed=1)), build_model(config(seed=2, dtype="float64"))
    parameters = parameters_of(source)
    load_parameters(target, parameters)
    parameters["head.bias"] += 1
    for name, tensor in target.state_dict().items():
        assert tensor.dtype == torch.float64
        assert torch.equal(tensor, source.state_dict()[name].double())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.pop("head.bias"), "got none for head.bias"),
        (lambda p: p.update(extra=np.zeros(1)), "got extra as well"),
        (lambda p: p.update({"head.bias": np.zeros(4)}), r"shape \(3,\) for head.bias; got \(4,\)"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_and_change_nothing(change, message):
    model = build_model(config(seed=1))
    before = parameters_of(model)
    parameters = {name: array + 1 for name, array in before.items()}
    change(parameters)
    with pytest.raises(ValueError, match=message):
        load_parameters(model, parameters)
    for name, array in parameters_of(model).items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": "LSTM"}, "`cell` must be one of rnn, rnn_relu, lstm, gru; got 'LSTM'."),
        ({"cell": None}, "`cell` must be one of rnn, rnn_relu, lstm, gru; got None."),
        ({"hidden_size": 0}, "`hidden_size` must be between 1 and 4096; got 0."),
        ({"hidden_size": 4097}, "`hidden_size` must be between 1 and 4096; got 4097."),
        ({"hidden_size": 2.0}, "`hidden_size` must be a whole number between 1 and 4096; got 2.0."),
        ({"hidden_size": True}, "`hidden_size` must be a whole number between 1 and 4096; got True."),
        ({"input_size": "3"}, "`input_size` must be a whole number between 1 and 4096; got '3'."),
        ({"output_size": -1}, "`output_size` must be between 1 and 4096; got -1."),
        ({"seed": -1}, "`seed` must be between 0 and 4294967295; got -1."),
        ({"seed": 2**32}, "`seed` must be between 0 and 4294967295; got 4294967296."),
        ({"num_layers": 17}, "`num_layers` must be between 1 and 16; got 17."),
        ({"bidirectional": 1}, "`bidirectional` must be True or False; got 1."),
        ({"draw": "zeros"}, "`draw` must be one of layer, cell, linear; got 'zeros'."),
        ({"draw": "linear"}, "`draw` can be linear for the cells rnn and rnn_relu only; got the cell 'lstm'."),
        ({"draw": "cell", "num_layers": 2}, "`draw` must be layer for several layers or directions; got 'cell'."),
        ({"draw": "cell", "bidirectional": True}, "`draw` must be layer for several layers or directions; got 'cell'."),
        ({"dtype": "float16"}, "`dtype` must be one of float32, float64; got 'float16'."),
    ],
)
def test_config_refuses_what_is_out_of_range_in_one_sentence(change, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the whole message is compared)
        config(**change)
    assert str(caught.value) == message


def test_config_is_frozen_and_takes_numpy_integers():
    made = config(seed=np.int64(7), hidden_size=np.uint8(2))
    assert type(made.seed) is int
    assert made == config(seed=7)
    assert hash(made) == hash(config(seed=7))
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.seed = 8
