"""What torch's recurrent functions are given and give while a network runs: numbers, states and weights as they are.

All recurrent layers and cells of torch come down to a call of torch.lstm, torch.lstm_cell and the like. What reaches
those is what is computed with, whoever made it: a parametrization, pruning, weight drop, a learned first state, a hook.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence
from torch.overrides import TorchFunctionMode

_FUNCTIONS: Mapping[str, tuple[str, bool]] = {
    "lstm": ("lstm", False),
    "gru": ("gru", False),
    "rnn_tanh": ("rnn", False),
    "rnn_relu": ("rnn_relu", False),
    "lstm_cell": ("lstm", True),
    "gru_cell": ("gru", True),
    "rnn_tanh_cell": ("rnn", True),
    "rnn_relu_cell": ("rnn_relu", True),
}
"""torch's name of each function: that of our cell, and whether it takes a single step"""


class Shape(NamedTuple):
    """What the weights of a layer are for."""

    cell: str
    num_layers: int
    bidirectional: bool
    bias: bool

    @property
    def ways(self) -> int:
        """How many directions it reads in."""
        return 2 if self.bidirectional else 1


_KERNELS: dict[str, Callable[..., Any]] = {
    "lstm": torch.lstm,
    "gru": torch.gru,
    "rnn": torch.rnn_tanh,
    "rnn_relu": torch.rnn_relu,
}


@dataclass(frozen=True, eq=False)
class Call:
    """One call of one of the functions. L layers, D directions, N sequences of at most T steps."""

    module: str
    """the name of the innermost module that was running; "" for the network itself"""
    shape: Shape
    x: Tensor
    """(T, N, V); beyond the end of a shorter sequence there are zeros"""
    lengths: tuple[int, ...] | None
    """(N,) steps of each sequence; None where all have T"""
    state: tuple[Tensor, ...]
    """(h,) or (h, c), each (L*D, N, H)"""
    weights: tuple[Tensor, ...]
    """in the order of torch's flat weights: for each layer and direction ih, hh and, with biases, b_ih, b_hh"""
    batched: bool
    """whether the module was given a batch; N is 1 if not"""
    outputs: Tensor | None = None
    """(T, N, D*H), what it gave; None where nothing was run"""
    final: tuple[Tensor, ...] = ()
    """the state after the last step of each sequence, like `state`"""


def record(module: nn.Module, run: Callable[[], Any]) -> tuple[list[Call], Any]:
    """The calls that `run`, which is to call `module`, comes down to, in their order, and what it returned.

    The module runs once, without gradients, in the precision of its weights: TF32 and autocast are off around it. Its
    buffers and torch's random state are as before when it is done, and its hooks are called as always.

    Raises:
        ValueError: a layer does what is not followed: a projection (`proj_size`), dropout between its layers while
            training, or autocast that the network itself switches on.
    """
    calls = list[Call]()
    running = list[tuple[str, Any]]()
    names = {part: _own_name(name) for name, part in module.named_modules()}

    def enters(part: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        running.append((names[part], None))

    def reads(part: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        running[-1] = names[part], given[0] if given else named.get("input")

    def leaves(part: nn.Module, given: tuple[Any, ...], result: Any) -> None:
        running.pop()

    with ExitStack() as stack:
        stack.enter_context(_left_as_it_is(module))
        stack.enter_context(torch.no_grad())
        if any("_orig_mod" in name for name, _ in module.named_modules()):  # compiled, and would not be heard
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        stack.enter_context(exactly(next(iter(module.parameters()), torch.empty(0)).device))
        for part in names:
            if isinstance(part, torch.jit.ScriptModule):  # takes no hooks, and what it calls is not heard
                continue
            # Before all hooks of its own, one of which may end the call, and after them, since they may change it.
            stack.callback(part.register_forward_pre_hook(enters, prepend=True, with_kwargs=True).remove)
            stack.callback(part.register_forward_pre_hook(reads, with_kwargs=True).remove)
            stack.callback(part.register_forward_hook(leaves, always_call=True).remove)
        stack.enter_context(_Listening(calls, running))
        returned = run()
    return calls, returned


def compute(
    shape: Shape, weights: Sequence[Tensor], x: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """What torch makes of x (T, N, V) and the states (L*D, N, H): the outputs (T, N, D*H) and the final state."""
    start = state if shape.cell == "lstm" else state[0]
    options = (shape.bias, shape.num_layers, 0.0, False, shape.bidirectional, False)
    with torch.no_grad(), exactly(x.device):
        outputs, *final = _KERNELS[shape.cell](x, start, list(weights), *options)
    return outputs, tuple(final)


def _own_name(name: str) -> str:
    """`name` without what torch.compile has put in between."""
    return ".".join(part for part in name.split(".") if part != "_orig_mod")


@contextmanager
def exactly(device: torch.device) -> Iterator[None]:
    """Sums in the precision of the weights: TF32 and autocast would round them to ten bits and less."""
    cudnn = torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, allow_tf32=False)
    before = torch.backends.cuda.matmul.allow_tf32
    with cudnn, torch.autocast(device.type, enabled=False):
        torch.backends.cuda.matmul.allow_tf32 = False
        try:
            yield
        finally:
            torch.backends.cuda.matmul.allow_tf32 = before


@contextmanager
def _left_as_it_is(module: nn.Module) -> Iterator[None]:
    """Undo what a run does besides: running means of a normalization, random numbers that dropout draws."""
    kept = {buffer: buffer.clone() for buffer in module.buffers()}
    cuda = {tensor.device for tensor in module.parameters() if tensor.is_cuda}
    with torch.random.fork_rng(devices=list(cuda)):
        try:
            yield
        finally:
            with torch.no_grad():
                for buffer, values in kept.items():
                    buffer.copy_(values)


class _Listening(TorchFunctionMode):
    """Hears of every function of torch that is called on this thread, and keeps the recurrent ones."""

    def __init__(self, calls: list[Call], running: list[tuple[str, Any]]) -> None:
        super().__init__()
        self._calls, self._running = calls, running

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") in _FUNCTIONS and isinstance(args[0], Tensor):
            name, given = self._running[-1] if self._running else ("", None)
            if torch.is_autocast_enabled(args[0].device.type):
                raise ValueError(f"`model` must not switch autocast on inside; {name or 'it'} runs under it.")
            cell, single = _FUNCTIONS[func.__name__]
            read = (
                _step if single else _packed if isinstance(args[1], Tensor) and args[1].dtype == torch.int64 else _layer
            )
            self._calls.append(read(name, cell, args, result, given))
        return result


def _step(name: str, cell: str, args: tuple[Any, ...], result: Any, given: Any) -> Call:
    """Of a single step: input (N, V), state (N, H) or a pair, w_ih, w_hh, b_ih, b_hh."""
    x, state, *weights = args
    before = tuple(state) if isinstance(state, tuple | list) else (state,)
    after = result if isinstance(result, tuple) else (result,)
    bias = len(weights) > 2 and weights[2] is not None
    return Call(
        name,
        Shape(cell, 1, False, bias),
        x[None],
        None,
        tuple(part[None] for part in before),
        tuple(weights[: 4 if bias else 2]),
        _is_batch(given, 2),
        after[0][None],
        tuple(part[None] for part in after),
    )


def _layer(name: str, cell: str, args: tuple[Any, ...], result: Any, given: Any) -> Call:
    """Of a layer: input, state, flat weights, bias, layers, dropout, training, bidirectional, batch first."""
    x, state, weights, bias, layers, dropout, training, bidirectional, batch_first = args
    _check(name, cell, weights, bias, layers, bidirectional, dropout if training else 0.0)
    outputs, *after = result
    if batch_first:
        x, outputs = x.transpose(0, 1), outputs.transpose(0, 1)
    shape = Shape(cell, layers, bidirectional, bias)
    before = tuple(state) if isinstance(state, tuple | list) else (state,)
    return Call(name, shape, x, None, before, tuple(weights), _is_batch(given, 3), outputs, tuple(after))


def _packed(name: str, cell: str, args: tuple[Any, ...], result: Any, given: Any) -> Call:
    """Of a layer that reads a PackedSequence: its data, the sizes of its steps, and the rest as above."""
    data, sizes, state, weights, bias, layers, dropout, training, bidirectional = args
    _check(name, cell, weights, bias, layers, bidirectional, dropout if training else 0.0)
    outputs, *after = result
    lengths = tuple(int((sizes > n).sum()) for n in range(int(sizes[0])))
    before = tuple(state) if isinstance(state, tuple | list) else (state,)
    # Back to the order in which the caller has them.
    order = given.unsorted_indices if isinstance(given, PackedSequence) else None

    def own(tensor: Tensor) -> Tensor:
        return tensor if order is None else tensor.index_select(1, order)

    return Call(
        name,
        Shape(cell, layers, bidirectional, bias),
        own(_padded(data, sizes)),
        lengths if order is None else tuple(lengths[n] for n in order.tolist()),
        tuple(map(own, before)),
        tuple(weights),
        True,
        own(_padded(outputs, sizes)),
        tuple(map(own, after)),
    )


def _padded(data: Tensor, sizes: Tensor) -> Tensor:
    """(T, N, ...) of the rows of a PackedSequence, step by step."""
    padded = data.new_zeros((len(sizes), int(sizes[0]), *data.shape[1:]))
    begin = 0
    for t, size in enumerate(sizes.tolist()):
        padded[t, :size] = data[begin : begin + size]
        begin += size
    return padded


def _is_batch(given: Any, dimensions: int) -> bool:
    return not isinstance(given, Tensor) or given.ndim >= dimensions


def _check(
    name: str, cell: str, weights: list[Tensor], bias: bool, layers: int, bidirectional: bool, dropout: float
) -> None:
    who = f"`model` ({name})" if name else "`model`"
    if len(weights) != (4 if bias else 2) * layers * (2 if bidirectional else 1):
        raise ValueError(f"{who} must have no projection (proj_size=0), which a trace does not follow.")
    if dropout > 0 and layers > 1:  # torch's acts between layers alone
        raise ValueError(f"{who} must be in eval() mode, or dropout={dropout} changes every run at random.")
