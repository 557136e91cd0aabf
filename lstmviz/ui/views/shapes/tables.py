"""The tables of the shapes page as HTML: the numbers of one item, the stacked weights, and the sum of parameters."""

import base64
import html
import struct
import zlib
from collections.abc import Sequence

import numpy as np

from lstmviz.cells.step import Array
from lstmviz.figures.theme import Palette, Scale, largest, number
from lstmviz.shapes import Block, Comparison, Pass, ShapesConfig, Weight, weights
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.views.shapes.drawing import some

_ROWS, _COLUMNS = 8, 6  # of a table
_PICTURE = 64  # squares of a weight's picture, at most, in a row and in all blocks together downwards
_UNIT, _BLOCK, _WIDTH = 16.0, 62.0, 160.0  # pixels: of a weight, and at most of a block of D rows, of Q columns
_CARDS = 4
_KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_SIGNS = {"i": "σ", "f": "σ", "g": "tanh", "o": "σ", "r": "σ", "z": "σ", "n": "tanh", "h": "tanh"}


def item_values(found: Pass, palette: Palette) -> str:
    """The numbers of one item of the batch: what goes in, what comes out, and the last states."""
    config, item = found.config, found.item
    first = config.batch_first
    bound = 1.0 if found.c_n is None else largest(found.c_n)
    h, c = palette.scale("h"), palette.scale("c", bound)
    steps = some(config.steps, _ROWS)
    states = some(len(found.h_n), _ROWS)
    units = some(config.hidden_size, _COLUMNS)
    if config.ways == 2:
        half = some(config.hidden_size, 3, tail=1)
        outs = [*half, *(None if k is None else k + config.hidden_size for k in half)]
    else:
        outs = units
    last = config.steps - 1
    top = len(found.h_n) - 1
    code = f"[{item}]" if first else f"[:, {item}]"
    tables = [
        _values(f"x{code}", found.x, steps, some(config.input_size, _COLUMNS), h),
        _values(f"out{code}", found.output, steps, outs, h, mark=last),
        _values(f"hn[:, {item}]", found.h_n, states, units, h, mark=top if config.ways == 1 else None),
    ]
    if found.c_n is not None:
        tables.append(_values(f"cn[:, {item}]", found.c_n, states, units, c))
    name = "out[:, -1, :]" if first else "out[-1]"
    label = name if len(found.items) == config.batch else f"{name}[{found.items[0]}:{found.items[-1] + 1}]"
    rows = list(range(len(found.items)))
    tables.append(
        _values(label, found.last, rows, outs, h, mark=found.items.index(item), names=[str(one) for one in found.items])
    )
    if found.c_n is None:
        scales = [(_("x, out, h"), h.text)]
    elif c.text == h.text:
        scales = [(_("x, out, h, c"), h.text)]
    else:
        scales = [(_("x, out, h"), h.text), ("c", c.text)]
    legend = " · ".join(f"{html.escape(name)} {html.escape(text)}" for name, text in scales)
    cut = any(None in one for one in (steps, states, units, outs, some(config.input_size, _COLUMNS)))
    notes = [_("Colours: {scales}.").format(scales=legend)]
    notes += [_("“⋯” stands for rows and columns left out.")] if cut else []
    return f'<div class="item_values">{"".join(tables)}</div><p class="remark">{" ".join(notes)}</p>'


def comparison_lines(comparisons: Sequence[Comparison]) -> str:
    """What `out` at its ends is and is not, as measured on the whole batch."""
    lines = []
    for one in comparisons:
        same = one.difference == 0
        text = (
            _("the same numbers, in the whole batch")
            if same
            else _("other numbers: they differ by up to {difference}").format(difference=number(one.difference))
        )
        sign = "=" if same else "≠"
        parts = f"<code>{html.escape(one.left)}</code> {sign} <code>{html.escape(one.right)}</code>"
        kind, mark = ("agrees", "✓") if same else ("apart", "✗")
        lines.append(f'<div class="{kind}">{mark} {parts} <span>{html.escape(text)}</span></div>')
    return f'<div class="compared">{"".join(lines)}</div>'


def weight_cards(found: Pass, palette: Palette) -> str:
    """The stacked weights of each layer and direction, cut into the blocks of their gates, their values as colours."""
    config = found.config
    sets = _sets(config)
    shown = sets if len(sets) <= _CARDS else sets[: 2 * config.ways]
    bound = float(max(np.abs(array).max() for array in found.weights.values()))
    scale = Scale(palette.scale("h").colours, -bound, bound)
    cards = "".join(_card(found, parts, scale, palette) for parts in shown)
    notes = [_("Colours: {scales}.").format(scales=f"W, b {scale.text}")]
    if len(shown) < len(sets):
        if config.num_layers == 3:
            notes.append(_("Layer {layer} has the shapes of layer 1.").format(layer=2))
        else:
            text = _("Layers {first}–{last} have the shapes of layer 1.")
            notes.append(text.format(first=2, last=config.num_layers - 1))
    wide = max(part.shape[-1] for parts in shown for part in parts if len(part.shape) > 1)
    if config.hidden_size > _PICTURE // 4 or wide > _PICTURE:
        notes.append(_("Each square is one weight; of large matrices some rows and columns stand for all."))
    return f'<div class="weight_cards">{cards}</div><p class="remark">{" ".join(map(html.escape, notes))}</p>'


def parameter_table(config: ShapesConfig, counted: int) -> str:
    """How many numbers the layer learns, as a sum: each tensor's rows times columns, and what torchinfo counts."""
    head = "".join(f"<th>{kind}</th>" for kind in _KINDS)
    body = []
    totals = dict.fromkeys(_KINDS, 0)
    for parts in _sets(config):
        cells = []
        for kind, part in zip(_KINDS, parts, strict=True):
            totals[kind] += part.count
            sizes = " × ".join(str(size) for size in part.shape)
            cells.append(f"<td>{f'{sizes} = ' if len(part.shape) > 1 else ''}<b>{part.count:,}</b></td>")
        end = parts[0].name.removeprefix("weight_ih_")
        body.append(f"<tr><th>_{end}</th>{''.join(cells)}<td class=sum>{sum(part.count for part in parts):,}</td></tr>")
    foot = "".join(f"<td>{total:,}</td>" for total in totals.values())
    total = sum(totals.values())
    agrees = total == counted
    label = html.escape(_("sum"))
    text = _("torchinfo counts {count}").format(count=f"{counted:,}")
    mark = f'<span class="{"agrees" if agrees else "differs"}">{"✓" if agrees else "✗"} {html.escape(text)}</span>'
    return (
        f'<div class="parameters"><table><thead><tr><th></th>{head}<th>{label}</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody><tfoot><tr><th>{label}</th>{foot}"
        f'<td class="total">{total:,}</td></tr></tfoot></table></div><p class="counted">{mark}</p>'
    )


def weight_formula(config: ShapesConfig) -> str:
    """The sum of parameters in letters: 4D(Q + D + 2) + (K − 1) · 4D(D + D + 2)."""
    rows = weights(config)[0].axes[0].letters
    times = f"{config.ways} · " if config.ways > 1 else ""
    read = "2D" if config.ways > 1 else "D"
    upper = f" + (K − 1) · {times}{rows}({read} + D + 2)" if config.num_layers > 1 else ""
    return f"{times}{rows}(Q + D + 2){upper}"


def _sets(config: ShapesConfig) -> list[tuple[Weight, ...]]:
    """The four tensors of each layer and direction."""
    found = weights(config)
    return [found[k : k + len(_KINDS)] for k in range(0, len(found), len(_KINDS))]


def _values(
    name: str,
    array: Array,
    rows: Sequence[int | None],
    columns: Sequence[int | None],
    scale: Scale,
    *,
    mark: int | None = None,
    names: Sequence[str] | None = None,
) -> str:
    """A matrix as a table on its colours; `mark` is the row that is pointed out."""
    head = "".join(f"<th>{'⋯' if column is None else column}</th>" for column in columns)
    lines = []
    for row in rows:
        if row is None:
            lines.append(f"<tr><th>⋮</th>{'<td>⋮</td>' * len(columns)}</tr>")
            continue
        cells = []
        for column in columns:
            if column is None:
                cells.append("<td>⋯</td>")
                continue
            fill, ink = scale.colour(array[row, column])
            cells.append(f'<td style="background:{fill};color:{ink}">{number(array[row, column])}</td>')
        title = str(row) if names is None else names[row]
        lines.append(f"<tr{' class=marked' if row == mark else ''}><th>{title}</th>{''.join(cells)}</tr>")
    size = " × ".join(str(side) for side in array.shape)
    return (
        f'<figure tabindex="0"><figcaption><code>{html.escape(name)}</code> <span>{size}</span></figcaption>'
        f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></figure>"
    )


def _card(found: Pass, parts: tuple[Weight, ...], scale: Scale, palette: Palette) -> str:
    """One layer in one direction: a row a gate, a column a tensor."""
    config, first = found.config, parts[0]
    sides = (config.input_size, config.ways * config.hidden_size)
    unit = min(_UNIT, _BLOCK / config.hidden_size, _WIDTH / max(sides))
    head = []
    for part in parts:
        axes = " × ".join(axis.letters for axis in part.axes)
        sizes = " × ".join(str(size) for size in part.shape)
        head.append(f"<th><code>{part.name}</code><span>{axes} = {sizes}</span></th>")
    body = []
    for block in first.blocks:
        colour = palette.identity(block.gate)
        rows = f"{block.start}:{block.stop}"
        label = (
            f'<th style="color:{colour}"><b>{block.gate}</b> <span>{_SIGNS[block.gate]}</span>'
            f"<code>[{rows}]</code></th>"
        )
        cells = []
        for part in parts:
            matrix = found.weights[part.name].reshape(part.shape[0], -1)
            wide, high = max(matrix.shape[1] * unit, 8.0), max(config.hidden_size * unit, 12.0)
            text = html.escape(f"{part.name}[{rows}]: {block.gate}")
            cells.append(
                f'<td><img alt="{text}" title="{text}" src="{_picture(matrix, block, scale)}" '
                f'style="width:{wide:.0f}px;height:{high:.0f}px;border-color:{colour}"></td>'
            )
        body.append(f"<tr>{label}{''.join(cells)}</tr>")
    reads = config.input_size if first.layer == 0 else config.ways * config.hidden_size
    way = "" if config.ways == 1 else " ←" if first.reverse else " →"
    read = ngettext("reads {count} number a step", "reads {count} numbers a step", reads).format(count=reads)
    title = _("layer {layer}").format(layer=first.layer) + way
    return (
        f'<figure tabindex="0"><figcaption><b>{html.escape(title)}</b> <span>{html.escape(read)}</span></figcaption>'
        f"<table><thead><tr><th></th>{''.join(head)}</tr></thead><tbody>{''.join(body)}</tbody></table></figure>"
    )


def _picked(first: int, stop: int, most: int) -> Array:
    """The numbers from `first` to before `stop`: all, or `most` of them at even distances."""
    return np.unique(np.linspace(first, stop - 1, min(stop - first, most)).round().astype(int))


def _picture(matrix: Array, block: Block, scale: Scale) -> str:
    """The rows of a block as a picture, a square a weight, as the address that an <img> takes."""
    rows = _picked(block.start, block.stop, _PICTURE // 4)
    values = matrix[np.ix_(rows, _picked(0, matrix.shape[1], _PICTURE))]
    stops = np.array([place for place, _colour in scale.colours])
    colours = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for _place, colour in scale.colours])
    places = (values - scale.low) / (scale.high - scale.low)
    rgb = np.stack([np.interp(places, stops, colours[:, k]) for k in range(3)], axis=-1).round().astype(np.uint8)
    return f"data:image/png;base64,{base64.b64encode(_png(rgb)).decode()}"


def _png(rgb: np.ndarray) -> bytes:
    """A picture (H, W, 3) of bytes as a PNG file."""
    high, wide, _three = rgb.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = np.concatenate([np.zeros((high, 1), np.uint8), rgb.reshape(high, -1)], axis=1)  # 0: rows as they are
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows.tobytes()))
        + chunk(b"IEND", b"")
    )
