"""What a network still lacks, in words: held to the probabilities of networks that were trained for it."""

import pytest

from lstmviz.predictions.outcome import outcome
from lstmviz.tasks import named_task
from lstmviz.ui.background.jobs import Job
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame.controls.experiment import DEFAULTS, Experiment
from lstmviz.ui.frame.prose import sections
from lstmviz.ui.parts.run.standing import loss_lines, standing_says, tosses_a_coin


def trained(**about):
    job = Job(Experiment(**about))
    assert job.wait(300)
    return job.so_far()


def promised(page):
    """The experiment that a page's text offers as one that tosses a coin."""
    actions = [changes for section in sections(page, "en") for label, changes in section.actions if "coin" in label]
    assert len(actions) == 1
    kinds = {"hidden": int, "seed": int, "lr": float, "epochs": int}
    return {name: kinds.get(name, str)(text) for name, text in actions[0].items()}


@pytest.mark.parametrize("page", ["home", "cell"])
def test_the_network_that_is_promised_to_toss_a_coin_does(page):
    about = promised(page)
    assert about.keys() == DEFAULTS.keys()  # whatever is on display before, this is what comes
    run = trained(**{"hidden_size" if name == "hidden" else name: one for name, one in about.items()})
    assert tosses_a_coin(run)
    probabilities = trace_all(run).snapshot(-1).probabilities[run.text.last_pattern]
    for place in (1, 4):  # after either b
        assert probabilities[place, 2:] == pytest.approx([0.5, 0.5], abs=0.02)
    assert standing_says(run) == (
        "It tosses a coin between c/C: the present letter alone does not settle it, and leaves a loss of 0.231 = "
        "(2/6) ln 2."
    )


def test_of_a_network_that_has_learned_it_all_nothing_is_said():
    run = trained(epochs=300)
    assert outcome(trace_all(run).probabilities, run.text).sure[-1, run.text.last_pattern].all()
    assert standing_says(run) == ""
    assert not tosses_a_coin(run)


def test_a_network_that_has_not_begun_to_learn_knows_nothing():
    run = trained(task="abcdabcD", epochs=1, lr=1e-6)
    assert "knows" in standing_says(run) or standing_says(run) == ""
    assert not tosses_a_coin(run)


def test_each_kind_of_task_has_its_lines():
    assert [name for name, _loss in loss_lines(named_task("abcabC"))] == [
        "chance",
        "how frequent each letter is",
        "the present letter alone",
    ]
    [(name, loss)] = loss_lines(named_task("bit parity"))
    assert (name, loss) == ("chance", pytest.approx(0.693, abs=1e-3))
    [(name, loss)] = loss_lines(named_task("sine wave"))
    assert (name, loss) == ("always the mean", pytest.approx(0.5, abs=0.02))


def test_the_way_back_leads_to_a_network_that_remembers():
    ways = {
        page: [changes for section in sections(page, "en") for label, changes in section.actions if named in label]
        for page, named in (("home", "back to the LSTM"), ("cell", "the LSTM that remembers"))
    }
    assert ways == {"home": [DEFAULTS], "cell": [DEFAULTS]}  # the first screen's own, whose path counts on it too
    run = trained()
    assert outcome(trace_all(run).snapshot(-1), run.text).sure[run.text.last_pattern].all()
