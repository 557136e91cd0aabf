"""Networks in float64 with weights larger than torch draws them, so that they do more than forget."""

import torch

import lstmviz as lv


def scaled(
    cell: str,
    letters: int,
    hidden: int,
    layers: int = 1,
    *,
    seed: int,
    gain: float,
    named: str = "",
    answers: int | None = None,
) -> lv.Model:
    """Those weights and biases whose names hold `named` are `gain` times as large; it names `answers`, else letters."""
    model = lv.build_model(
        lv.ModelConfig(
            cell=cell,
            input_size=letters,
            hidden_size=hidden,
            output_size=answers or letters,
            num_layers=layers,
            seed=seed,
            dtype="float64",
        )
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if named in name:
                parameter *= gain
    return model
