"""`train` trains the module that it is given: whenever the caller has control, it holds what the record says."""

import copy
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from lstmviz.models import CELLS, Model, ModelConfig, build_model, parameters_of
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace
from lstmviz.training import TrainConfig, train, train_many

TASK = alphabet_task("abaB", 12)
BACKENDS = ("fused", "torch")


def model_of(cell: str = "lstm", seed: int = 3, **options: object) -> Model:
    given = {"cell": cell, "input_size": 3, "hidden_size": 3, "output_size": 3, "seed": seed, **options}
    return build_model(ModelConfig(**given))


def loss_of(model: nn.Module) -> torch.Tensor:
    weight = next(model.parameters())
    logits, _ = model(torch.tensor(TASK.one_hot(), dtype=weight.dtype))
    return nn.functional.cross_entropy(logits, torch.tensor(TASK.y))


def by_hand(model, epochs, change=lambda model, epoch: False):
    """The plain loop of torch; `change` may change the model before an update and says whether it did."""
    optimizer = torch.optim.Adam([one for one in model.parameters() if one.requires_grad], lr=0.1)
    losses = []
    for epoch in range(epochs + 1):
        loss = loss_of(model)
        losses.append(loss.item())
        if epoch == epochs:
            return losses
        if change(model, epoch):
            loss = loss_of(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("cell", CELLS)
def test_in_the_loop_the_model_is_that_of_the_record(cell, backend):
    model = model_of(cell)
    told = 0
    for record in train(model, TASK, TrainConfig(epochs=40, snapshots=8), backend=backend):
        with torch.no_grad():
            assert loss_of(model).item() == pytest.approx(record.loss, rel=2e-5)
        if record.parameters is not None:
            assert same(parameters_of(model), record.parameters)
            assert same(parameters_of(copy.deepcopy(model)), record.parameters)
            told += 1
    assert told > 5


def test_a_trace_in_the_loop_is_of_the_network_that_was_trained_so_far():
    model, losses = model_of(), []
    for record in train(model, TASK, TrainConfig(epochs=30)):
        logits = trace(model, TASK.one_hot()).logits
        assert logits is not None
        losses.append(nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(TASK.y)).item() - record.loss)
    assert max(map(abs, losses)) < 1e-5


def fail_at(records, epoch):
    for record in records:
        if record.epoch == epoch:
            raise KeyError


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("way", ["break", "islice", "zip", "raise", "close", "kept"])
def test_however_the_loop_is_left_the_model_is_that_of_the_last_record(way, backend):
    short, model = model_of(), model_of()
    list(train(short, TASK, TrainConfig(epochs=13), backend=backend))
    records = train(model, TASK, TrainConfig(epochs=500), backend=backend)
    match way:
        case "break":
            for record in records:  # a name holds the generator, so nothing closes it
                if record.epoch == 13:
                    break
        case "islice":
            assert [record.epoch for record in islice(records, 14)][-1] == 13
        case "zip":
            assert len(list(zip(range(14), records, strict=False))) == 14
        case "raise":
            with pytest.raises(KeyError):
                fail_at(records, 13)
        case "close" | "kept":
            while next(records).epoch < 13:
                pass
            if way == "close":
                records.close()
    assert same(parameters_of(model), parameters_of(short))


def test_the_best_of_a_training_can_be_kept_inside_the_loop():
    model = model_of("rnn")
    best, least = {}, np.inf
    for record in train(model, TASK, TrainConfig(epochs=60, lr=0.3)):
        if record.loss < least:
            least, best = record.loss, copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    assert loss_of(model).item() == pytest.approx(least, rel=2e-5)


@pytest.mark.parametrize("leave", [False, True])
def test_many_models_hold_the_last_epoch_of_the_records_just_given(leave):
    models, alone = [model_of(seed=seed) for seed in range(20)], model_of(seed=17)
    records = train_many(models, TASK, TrainConfig(epochs=40, snapshots=6))
    for part in records:
        last = part.first + len(part.losses) - 1
        twin = copy.deepcopy(alone)
        list(train(twin, TASK, TrainConfig(epochs=last))) if last else None
        assert same(parameters_of(models[17]), parameters_of(twin))
        if leave and last > 10:
            break
    assert last > 10


def scale_gradient(model):
    model.recurrent.weight_hh_l0.register_hook(lambda gradient: 0.1 * gradient)


def scale_gradient_afterwards(model):
    def halve(one):
        one.grad.mul_(0.5)

    model.head.weight.register_post_accumulate_grad_hook(halve)


def freeze(model):
    model.recurrent.weight_ih_l0.requires_grad_(False)


def halve_the_states(model):
    model.recurrent.register_forward_hook(lambda module, given, out: (0.5 * out[0], out[1]))


def no_bias(model):
    model.head = nn.Linear(3, 3, bias=False)


def deeper_head(model):
    model.head = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))


def another_layer(model):
    model.recurrent = nn.GRU(3, 3)


def relu_in_its_place(model):
    model.recurrent = nn.RNN(3, 3, nonlinearity="relu")


def two_layers_in_its_place(model):
    model.recurrent = nn.LSTM(3, 3, num_layers=2)


def tie(model):
    model.head.weight = model.recurrent.weight_ih_l0 = nn.Parameter(torch.eye(3).repeat(4, 1))
    model.head = nn.Sequential(model.head, nn.Linear(12, 3))
    model.head[0].bias = nn.Parameter(torch.zeros(12))


def tie_the_biases(model):
    model.recurrent.bias_hh_l0 = model.recurrent.bias_ih_l0


def cut(model):
    prune.l1_unstructured(model.recurrent, "weight_hh_l0", amount=0.3)


def normalize(model):
    parametrizations.weight_norm(model.head, "weight")


def own_forward(model):
    plain = model.forward
    model.forward = lambda x, state=None: (2.0 * plain(x, state)[0], None)


def turned(model):
    weight = model.recurrent.weight_hh_l0
    weight.data = weight.data.t().contiguous().t()


class Doubled(Model):
    def forward(self, x, state=None):
        logits, state = super().forward(x, state)
        return 2.0 * logits, state


def subclass(model):
    model.__class__ = Doubled


TWISTS = (
    scale_gradient,
    scale_gradient_afterwards,
    freeze,
    halve_the_states,
    no_bias,
    deeper_head,
    another_layer,
    relu_in_its_place,
    two_layers_in_its_place,
    tie,
    tie_the_biases,
    cut,
    normalize,
    own_forward,
    turned,
    subclass,
)


def twisted(twist, seed=3):
    torch.manual_seed(7)
    model = model_of(seed=seed)
    twist(model)
    return model


@pytest.mark.parametrize("twist", TWISTS)
def test_what_the_kernels_do_not_know_torch_trains_as_it_is(twist):
    model, twin = twisted(twist), twisted(twist)
    losses = [record.loss for record in train(model, TASK, TrainConfig(epochs=25))]
    np.testing.assert_allclose(losses, by_hand(twin, 25), rtol=1e-5)
    for (name, one), other in zip(model.named_parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(one.detach(), other.detach(), atol=2e-4, err_msg=name)


@pytest.mark.parametrize("twist", TWISTS)
def test_of_many_models_too(twist):
    models, twin = [twisted(twist), twisted(twist, seed=5)], twisted(twist, seed=5)
    parts = list(train_many(models, TASK, TrainConfig(epochs=25, snapshots=4), states=TASK.last_pattern))
    np.testing.assert_allclose(np.concatenate([part.losses[:, 1] for part in parts]), by_hand(twin, 25), rtol=1e-5)
    assert all(part.states.shape == (2, 4, 3) for part in parts)


@pytest.mark.parametrize("twist", [one for one in TWISTS if one is not turned])
def test_asked_for_all_the_same_the_kernels_refuse_in_a_sentence(twist):
    with pytest.raises(ValueError, match=r'^`backend` can be "fused" [^\n]+; use "torch"\.$'):
        train(twisted(twist), TASK, backend="fused")


def clamp(model, epoch):
    with torch.no_grad():
        model.recurrent.weight_hh_l0.clamp_(-0.5, 0.5)
    return True


def at(when, change):
    def apply(model, epoch):
        if epoch == when:
            change(model)
        return epoch == when

    return apply


def replace_data(model):
    model.head.weight.data = model.head.weight.data * 0.5


def write_past_torch(model):
    model.head.bias.detach().numpy()[:] = 1.0


def another_parameter(model):
    model.head.bias = nn.Parameter(torch.ones(3))


def reload(model):
    model.load_state_dict(model_of(seed=9).state_dict())


CHANGES = {
    "clamped": clamp,
    "replaced": at(7, replace_data),
    "past torch": at(7, write_past_torch),
    "reloaded": at(7, reload),
    "frozen": at(7, freeze),
    "hooked": at(7, halve_the_states),
    "gradient": at(7, scale_gradient),
    "gradient after": at(7, scale_gradient_afterwards),
    "pruned": at(7, cut),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", CHANGES)
def test_what_the_caller_changes_inside_the_loop_is_trained_on_from(how, backend):
    change = CHANGES[how]
    model, twin = model_of(), model_of()
    losses = []
    for record in train(model, TASK, TrainConfig(epochs=25), backend=backend):
        losses.append(record.loss)
        if record.epoch < 25:
            change(model, record.epoch)

    np.testing.assert_allclose(losses, by_hand(twin, 25, change), rtol=2e-5)


@pytest.mark.parametrize("change", [freeze, halve_the_states, cut])
def test_what_the_kernels_do_not_know_comes_into_many_models_too(change):
    models, alone = [model_of(seed=seed) for seed in range(3)], model_of(seed=1)
    losses = list[float]()
    for part in train_many(models, TASK, TrainConfig(epochs=30, snapshots=4)):
        losses += part.losses[:, 1].tolist()
        if part.first == 0:
            changed = len(losses) - 1
            change(models[1])
    wanted = by_hand(alone, 30, at(changed, change))
    np.testing.assert_allclose(losses, wanted, rtol=2e-5)


def test_a_model_that_diverges_goes_on_as_nan_by_torch_too():
    models = [model_of("rnn_relu", bidirectional=True, hidden_size=3), model_of("rnn_relu", bidirectional=True, seed=4)]
    with torch.no_grad():
        models[0].recurrent.weight_hh_l0.fill_(1e4)
    parts = list(train_many(models, TASK, TrainConfig(epochs=10)))
    assert np.isnan(parts[-1].losses[-1]).tolist() == [True, False]
    assert np.isnan(parameters_of(models[0])["head.bias"]).all()


@pytest.mark.parametrize("change", [clamp, at(0, reload)])
def test_what_the_caller_changes_of_many_models_is_trained_on_from(change):
    models, alone = [model_of(seed=seed) for seed in range(3)], model_of(seed=1)
    ends = []
    for part in train_many(models, TASK, TrainConfig(epochs=30, snapshots=4)):
        ends.append(part.first + len(part.losses) - 1)
        change(models[1], ends[-1])
    losses = []
    for record in train(alone, TASK, TrainConfig(epochs=30)):
        losses.append(record.loss)
        if record.epoch in ends:
            change(alone, record.epoch)
    assert same(parameters_of(models[1]), parameters_of(alone))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda model: model.half(), "float32 or float64 throughout to be trained; got float16"),
        (lambda model: model.bfloat16(), "float32 or float64 throughout to be trained; got bfloat16"),
        (lambda model: model.head.double(), "float32 or float64 throughout to be trained; got float32 and float64"),
        (lambda model: model.to("meta"), "must have its weights in memory; they are on the meta device"),
        (lambda model: model.requires_grad_(False), "must have a weight that learns; all are frozen"),
    ],
)
def test_what_cannot_be_trained_is_said_in_a_sentence(spoil, words):
    for call in (lambda model: train(model, TASK), lambda model: train_many([model], TASK)):
        model = model_of()
        spoil(model)
        with pytest.raises(ValueError, match=f"^[^\n]*{words}[^\n]*$"):
            call(model)


@pytest.mark.parametrize("off", [torch.no_grad, torch.inference_mode])
def test_without_gradients_it_says_so(off):
    with off(), pytest.raises(ValueError, match="needs gradients, which are switched off here"):
        train(model_of(), TASK)
    for backend in BACKENDS:
        records = train(model_of(), TASK, backend=backend)
        with off(), pytest.raises(ValueError, match="needs gradients"):
            next(records)


def test_a_network_made_in_inference_mode_is_refused():
    with torch.inference_mode():
        model = model_of()
    with pytest.raises(ValueError, match=r"made outside of torch\.inference_mode"):
        train(model, TASK)


def test_frozen_inside_the_loop_altogether_is_said_there():
    model = model_of()
    records = train(model, TASK)
    next(records)
    model.requires_grad_(False)
    with pytest.raises(ValueError, match="all are frozen"):
        next(records)
