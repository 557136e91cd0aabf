"""Training on each kind of task is torch's own loop, written out; tracing it and judging it says what it did."""

import numpy as np
import pytest
import torch
from torch import nn

import lstmviz as lv
from lstmviz.changes.effect import presets
from lstmviz.predictions.patterns import twins
from lstmviz.training.lessons import batch_of, told

TASKS = {
    "text": lv.text_task("Willing is not enough; we must do.", 5),
    "matching": lv.matching_task(4),
    "matching, several": lv.matching_task(4, drawn=6),
    "parity": lv.parity_task(6, drawn=3),
    "order": lv.order_task(20, drawn=2),
    "accept": lv.accept_task("tomita4", 8, drawn=4),
    "reber": lv.grammar_task("reber", drawn=5),
    "anbn": lv.grammar_task("anbn", 4),
    "numbers": lv.number_task(np.random.default_rng(1).normal(size=(12, 3)), np.arange(24.0).reshape(12, 2) / 24),
    "numbers at the end": lv.number_task(np.linspace(0, 1, 9), np.linspace(1, 0, 9), at_end=True),
    "adding": lv.adding_task(24, drawn=3),
    "echo": lv.echo_task(2, 9, drawn=3),
    "sine": lv.sine_task(60, 12.5),
}


def model_for(task, **options):
    defaults = {"cell": "lstm", "hidden_size": 5, "seed": 4, "dtype": "float64"}
    sizes = {"input_size": task.input_size, "output_size": task.output_size}
    return lv.build_model(lv.ModelConfig(**(defaults | sizes | options)))


def read_alone(model, task, examples, k):
    """What the network says to sequence k alone, up to its own end."""
    steps = examples.lengths[k]
    x = torch.tensor(examples.inputs[k, :steps])
    x = nn.functional.one_hot(x, task.input_size) if task.alphabet else x
    hidden, _ = model.recurrent(x.to(model.head.weight.dtype))
    return model.head(hidden)


def loss_alone(model, task, examples, rows=None):
    """The loss one step after the other, and the share of the right ones."""
    losses, right = [], []
    for k in range(len(examples.lengths)) if rows is None else rows:
        said = read_alone(model, task, examples, k)
        for t in np.flatnonzero(examples.scored[k]):
            due = torch.tensor(examples.targets[k, t])
            if task.of_numbers:
                losses.append(((said[t] - due) ** 2).mean())
                right.append((said[t] - due).abs().max().item() <= task.tolerance)
            else:
                losses.append(-torch.log_softmax(said[t], 0)[due])
                legal = np.arange(len(said[t])) == due.item() if examples.legal is None else examples.legal[k, t]
                order = said[t].argsort(descending=True).tolist()
                right.append(set(order[: legal.sum()]) == set(np.flatnonzero(legal)))
    return sum(losses) / len(losses), np.mean(right)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("backend", ["fused", "torch"])
@pytest.mark.parametrize("options", [{}, {"cell": "gru", "num_layers": 2}, {"cell": "rnn", "bidirectional": True}])
def test_training_is_torchs_own_loop(name, backend, options):
    task = TASKS[name]
    model, twin = model_for(task, **options), model_for(task, **options)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.02)
    if options.get("bidirectional") or task.examples().held_out is not None:
        backend = None  # torch, by itself
    for record in lv.train(model, task, lv.TrainConfig(epochs=4, lr=0.02), backend=backend):
        loss, right = loss_alone(twin, task, task.examples(record.epoch))
        assert record.loss == pytest.approx(loss.item(), abs=1e-12)
        assert record.accuracy == pytest.approx(right)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_sequences_of_different_lengths_are_read_each_to_its_own_end(name, bidirectional):
    task = TASKS[name]
    model = model_for(task, bidirectional=bidirectional)
    examples = task.tests(12) if name != "parity" else task.examples(0, count=9)
    with torch.no_grad():
        together = told(model, batch_of(task, examples, model.head.weight))
        for k, steps in enumerate(examples.lengths):
            said = together if together.ndim == 2 else together[:steps, k]
            np.testing.assert_allclose(said, read_alone(model, task, examples, k), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["text", "matching, several", "reber", "adding"])
@pytest.mark.parametrize("size", [1, 4])
def test_an_epoch_in_batches_is_as_many_updates(name, size):
    task = TASKS[name]
    model, twin = model_for(task), model_for(task)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.02)
    for record in lv.train(model, task, lv.TrainConfig(epochs=2, lr=0.02, batch_size=size)):
        examples = task.examples(record.epoch)
        assert record.loss == pytest.approx(loss_alone(twin, task, examples)[0].item(), abs=1e-12)
        order = np.random.default_rng((model.config.seed, record.epoch)).permutation(len(examples.lengths))
        assert sorted(order) == list(range(len(order)))
        for start in range(0, len(order), size):
            optimizer.zero_grad()
            loss_alone(twin, task, examples, order[start : start + size])[0].backward()
            optimizer.step()
    again = model_for(task)
    assert [r.loss for r in lv.train(again, task, lv.TrainConfig(epochs=2, lr=0.02, batch_size=size))][
        -1
    ] == record.loss


def test_batches_as_large_as_the_epoch_change_nothing():
    task = TASKS["text"]
    losses = [
        [r.loss for r in lv.train(model_for(task), task, lv.TrainConfig(epochs=3, batch_size=size), backend="torch")]
        for size in (None, 10_000)
    ]
    assert losses[0] == losses[1]


def test_a_pattern_can_be_trained_in_batches_of_one():
    task = lv.alphabet_task("abaB", 10)
    plain = [r.loss for r in lv.train(model_for(task), task, lv.TrainConfig(epochs=3), backend="torch")]
    assert [r.loss for r in lv.train(model_for(task), task, lv.TrainConfig(epochs=3, batch_size=1))] == plain


@pytest.mark.parametrize("name", TASKS)
def test_many_train_as_each_would_alone_and_one_may_stop_anywhere(name):
    task, config = TASKS[name], lv.TrainConfig(epochs=6, lr=0.02, snapshots=3)
    models = [model_for(task, seed=seed) for seed in (1, 2)]
    *_, records = lv.train_many(models, task, config)
    alone = [list(lv.train(model_for(task, seed=seed), task, config))[-1] for seed in (1, 2)]
    assert records.losses[-1].tolist() == [record.loss for record in alone]
    assert records.accuracies[-1].tolist() == [record.accuracy for record in alone]
    models = [model_for(task, seed=seed) for seed in (1, 2)]
    for records in lv.train_many(models, task, config, states=slice(1, 3)):  # of the face, which torch follows
        assert records.states.shape == (2, 2, 5)
    assert records.losses[-1] == pytest.approx([record.loss for record in alone], abs=1e-12)
    assert lv.estimate_seconds(models[0].config, task, config) > 0


@pytest.mark.parametrize("name", ["text", "matching", "reber", "adding"])
@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru"])
def test_the_kernels_train_as_torch_does_for_long(name, cell):
    task, config = TASKS[name], lv.TrainConfig(epochs=300, lr=0.01)
    runs = [list(lv.train(model_for(task, cell=cell), task, config, backend=one)) for one in ("fused", "torch")]
    for one, other in zip(*runs, strict=True):
        assert one.loss == pytest.approx(other.loss, abs=1e-8)
        assert one.accuracy == pytest.approx(other.accuracy, abs=0.5 / 12)
    for name, weight in runs[0][-1].parameters.items():
        np.testing.assert_allclose(weight, runs[1][-1].parameters[name], rtol=0, atol=1e-7)


@pytest.mark.parametrize("name", ["matching", "adding", "text"])
def test_a_caller_may_change_the_weights_inside_the_loop(name):
    task, config = TASKS[name], lv.TrainConfig(epochs=200, lr=0.01)

    def losses(backend):
        model, found = model_for(task), []
        for record in lv.train(model, task, config, backend=backend):
            found.append(record.loss)
            if record.epoch in (3, 150):
                with torch.no_grad():
                    model.head.bias.add_(0.1)
        return found

    assert losses("fused") == pytest.approx(losses("torch"), abs=1e-8)


def test_the_kernels_refuse_what_they_do_not_do_and_torch_takes_over():
    task, config = lv.sine_task(60, 12.5), lv.TrainConfig(epochs=2)
    with pytest.raises(ValueError, match='can be "fused" where all that is asked is learned from'):
        lv.train(model_for(task), task, config, backend="fused")
    assert all(record.held_out_loss is not None for record in lv.train(model_for(task), task, config))
    task = TASKS["text"]
    with pytest.raises(ValueError, match='can be "fused" for one direction'):
        lv.train(model_for(task, bidirectional=True), task, backend="fused")


@pytest.mark.parametrize("name", TASKS)
def test_a_face_is_traced_and_judged_as_the_training_judges(name):
    task = TASKS[name]
    model = model_for(task)
    list(lv.train(model, task, lv.TrainConfig(epochs=30, lr=0.05)))
    faces = [task] if name.startswith("numbers") or name == "sine" else [task, task.example(3)]
    for face in faces:
        tr = lv.trace(model, face.inputs(), letters=face.labels)
        assert tr.difference_from_torch < 1e-12
        found = lv.outcome(tr, face)
        one = lv.Examples(face.x[None], face.y[None], face.scored[None], np.array([len(face.x)]))
        one = one._replace(legal=None if face.legal is None else face.legal[None])
        told_right = lv.evaluate(model, face, one)
        assert found.right[face.scored].mean() == pytest.approx(told_right.accuracy)
        assert told_right.right.tolist() == [bool(found.right[face.judged].all())]
        assert (found.solved_since is not None) == bool(found.sure[face.judged].all())
        assert not (found.sure & ~found.right).any()
        assert not found.right[~face.scored].any()
        assert np.isnan(found.margin[~face.scored]).all()
        assert ((found.margin > 0) == found.right)[face.scored].all()


@pytest.mark.parametrize("name", ["matching", "reber", "text", "numbers"])
def test_snapshots_are_judged_together(name):
    task = TASKS[name]
    model = model_for(task)
    kept = [r.parameters for r in lv.train(model, task, lv.TrainConfig(epochs=5, snapshots=4))]
    tr = lv.trace_snapshots(model, kept, task.inputs())
    found = lv.outcome(tr, task)
    last = lv.outcome(tr.snapshot(-1), task)
    assert found.right.shape == (len(tr.h), len(task.x))
    np.testing.assert_array_equal(found.margin[-1], last.margin)


def test_evaluation_counts_sequences():
    task = lv.parity_task(12, drawn=5)
    model, tests = model_for(task), task.tests(40)
    found = lv.evaluate(model, task)
    assert len(found.right) == 256
    found = lv.evaluate(model, task, tests)
    loss, right = loss_alone(model, task, tests)
    assert found.loss == pytest.approx(loss.item(), abs=1e-12)
    assert found.accuracy == pytest.approx(right)
    assert found.right.mean() == pytest.approx(right)  # one question each
    assert found.lengths.tolist() == tests.lengths.tolist()
    assert model.training
    grammar, strings = TASKS["anbn"], TASKS["anbn"].tests(20)
    model = model_for(grammar)
    list(lv.train(model, grammar, lv.TrainConfig(epochs=60)))
    whole = lv.evaluate(model, grammar, strings)
    assert whole.right.mean() < whole.accuracy  # a string is right where all its steps are
    assert whole.accuracy == pytest.approx(loss_alone(model, grammar, strings)[1])
    each = [loss_alone(model, grammar, strings, [k])[1] == 1 for k in range(20)]
    assert whole.right.tolist() == each


def test_parts_held_out_have_their_loss_in_the_records():
    task = TASKS["text"]
    model = model_for(task)
    examples = task.examples(0, 0.2)
    record = next(iter(lv.train(model, task, lv.TrainConfig(epochs=1, held_out=0.2))))
    others = examples._replace(scored=examples.held_out)
    assert record.held_out_loss == pytest.approx(loss_alone(model, task, others)[0].item(), abs=1e-12)
    series = lv.sine_task(60, 12.5, test=0.25)
    model = model_for(series)
    record = next(iter(lv.train(model, series)))
    tests = series.tests()
    assert record.held_out_loss == pytest.approx(loss_alone(model, series, tests)[0].item(), abs=1e-12)
    assert lv.evaluate(model, series).loss == pytest.approx(record.held_out_loss, abs=1e-12)


def test_truncation_goes_through_a_batch():
    task = TASKS["anbn"]
    whole, cut = (
        [r.loss for r in lv.train(model_for(task), task, lv.TrainConfig(epochs=3, truncate=truncate))]
        for truncate in (None, 2)
    )
    assert whole[0] == pytest.approx(cut[0], abs=1e-12)
    assert whole[2] != pytest.approx(cut[2], abs=1e-6)
    task = TASKS["reber"]
    longer = [r.loss for r in lv.train(model_for(task), task, lv.TrainConfig(epochs=3, truncate=1000))]
    assert longer == pytest.approx([r.loss for r in lv.train(model_for(task), task, lv.TrainConfig(epochs=3))])


def test_what_is_learned_holds_for_what_was_never_seen():
    task = lv.grammar_task("reber", drawn=16)
    model = model_for(task, hidden_size=12, dtype="float32")
    list(lv.train(model, task, lv.TrainConfig(epochs=250, lr=0.02)))
    assert lv.evaluate(model, task, task.tests(500)).right.mean() > 0.95
    counting = lv.grammar_task("anbn", 6, drawn=8)
    model = model_for(counting, hidden_size=6, dtype="float32", seed=1)
    assert not lv.evaluate(model, counting).right.any()
    list(lv.train(model, counting, lv.TrainConfig(epochs=250, lr=0.05)))
    assert lv.evaluate(model, counting, counting.examples(1000)).right.all()
    assert lv.evaluate(model, counting).right.any()  # it goes on counting


@pytest.mark.parametrize("sizes", [(10, 3), (4, 4)])
def test_a_network_of_other_sizes_is_refused(sizes):
    task = TASKS["matching"]
    model = model_for(task, input_size=sizes[0], output_size=sizes[1])
    for ask in (lv.train, lv.evaluate):
        with pytest.raises(ValueError, match="must read 10 and tell 2 numbers a step, as the task does; got"):
            ask(model, task)


@pytest.mark.parametrize("name", ["text", "matching", "reber", "sine"])
def test_rooms_that_know_patterns_alone_say_so(name):
    task = TASKS[name]
    model = model_for(task)
    asks = [
        lambda: lv.prove(model, task),
        lambda: lv.simulate(model, task, 10),
        lambda: twins(task),
    ]
    for ask in asks:
        with pytest.raises(TypeError, match="`task` must be an alphabet pattern, as `alphabet_task` makes it"):
            ask()


@pytest.mark.parametrize("name", ["text", "matching", "sine"])
def test_the_automaton_refuses_what_no_finite_one_is_enough_for(name):
    with pytest.raises(TypeError, match="`task` must be an alphabet pattern, as `alphabet_task` makes it"):
        lv.automaton(model_for(TASKS[name]), TASKS[name])


@pytest.mark.parametrize("name", ["text", "matching", "reber"])
def test_what_symbols_are_read_can_be_changed(name):
    task = TASKS[name]
    model = model_for(task, gain=5.0)
    before = lv.trace(model, task.inputs(), letters=task.labels)
    unchanged = lv.trace_changed(model, task, [])
    np.testing.assert_array_equal(unchanged.logits, before.logits)
    other = (int(task.x[2]) + 1) % len(task.alphabet)
    changes = lv.parse_changes(f"x={other + 1}@2; f=0@1", model.config, task)
    after = lv.trace_changed(model, task, changes)
    assert after.letters[2] == task.alphabet[other]
    found = lv.effect(before, after, task)
    assert np.isnan(found.probability[~task.scored]).all()
    rows = np.flatnonzero(task.scored)
    np.testing.assert_allclose(
        found.probability[rows], (after.probabilities - before.probabilities)[rows, task.y[rows]], atol=1e-12
    )
    np.testing.assert_allclose(found.loss_after[rows], -np.log(after.probabilities[rows, task.y[rows]]), atol=1e-12)
    assert found.first >= 1
    assert found.period == 1


def test_numbers_that_are_read_cannot():
    task = TASKS["sine"]
    model = model_for(task)
    tr = lv.trace(model, task.inputs())
    asks = [
        lambda: lv.trace_changed(model, task, []),
        lambda: lv.effect(tr, tr, task),
        lambda: lv.parse_changes("", model.config, task),
        lambda: presets(task, model.config, tr),
    ]
    for ask in asks:
        with pytest.raises(TypeError, match="must be one that reads symbols and asks for them; got a value of type"):
            ask()
