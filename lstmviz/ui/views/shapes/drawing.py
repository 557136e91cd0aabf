"""The drawing of the shapes page: the batch goes up through the layers, states go through each from step to step.

Boxes are slabs: steps to the right, numbers of a step downwards, items of the batch into the depth, so that what lies
above one another belongs to the same step. Their front shows the values of one item. Lengths are in proportion as long
as they are small; long ones are drawn shorter, their numbers beside them say how long they are.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lstmviz.cells.step import Array
from lstmviz.figures.theme import Palette, Scale, largest, number
from lstmviz.shapes import MODULES, Pass, Shaped, tensors
from lstmviz.ui.frame.language import _

_ROWS = 8  # of a front, where there are more some stand for all
_DEEP = 6  # items drawn into the depth
_NAME, _SHAPE = (
    9.1,
    7.3,
)  # width of a letter of a name and of a shape: both are in a font whose letters are equally wide
_CLEAR = 8.0  # between a name or a shape and what stands beside it


@dataclass(frozen=True)
class _Format:
    """What differs between a wide screen, a projector's and a phone, in the drawing's own pixels."""

    name: str
    wide: bool
    text: float  # room for names at the left and right, more where the shape of the states is longer
    pitch: float  # of a step
    steps: int  # drawn; of more, some stand for all
    plate: float  # width of a state
    depth: float  # of an item
    gap: float  # between what lies above one another
    least: float  # width of the whole
    split: bool = False  # shapes in two lines: their letters, their numbers


_WIDE = _Format("wide", wide=True, text=152, pitch=62, steps=7, plate=15, depth=6, gap=30, least=0)
_MIDDLE = _Format("middle", wide=True, text=80, pitch=46, steps=5, plate=11, depth=3, gap=28, least=0, split=True)
_TALL = _Format("tall", wide=False, text=5, pitch=40, steps=5, plate=9, depth=2.4, gap=24, least=328)


def drawing(found: Pass, palette: Palette) -> str:
    """The drawing as SVG in HTML, once for each format, of which the widest that has room is shown.

    None is ever made smaller than it is drawn, for its letters are no larger than they must be.
    """
    made = [_Drawing(found, palette, form) for form in (_WIDE, _MIDDLE, _TALL)]
    parts = [f'<div class="{one.form.name}">{one.svg()}</div>' for one in made]
    rules, most = list[str](), ""
    for one in made:
        least = "" if one.form is _TALL else f"(min-width: {math.ceil(one.width)}px)"
        room = " and ".join(filter(None, (most, least)))
        rules.append(f"@container {room} {{ .shapes .{one.form.name} {{ display: block; }} }}")
        most = f"(max-width: {math.ceil(one.width) - 0.01}px)"
    return f"<style>{''.join(rules)}</style>{''.join(parts)}"


def letters(tensor: Shaped) -> str:
    """The axes as the lecture writes them: [N, L, Q]."""
    return f"[{', '.join(axis.letters for axis in tensor.axes)}]"


def numbers(tensor: Shaped) -> str:
    """The lengths of the axes: [3, 5, 4]."""
    return f"[{', '.join(str(axis.size) for axis in tensor.axes)}]"


def some(count: int, most: int, tail: int = 2) -> list[int | None]:
    """0 to count - 1, or of more than `most` the first and the last `tail` of them with None between."""
    if count <= most:
        return list(range(count))
    return [*range(most - tail - 1), None, *range(count - tail, count)]


def roles(found: Pass) -> dict[str, str]:
    """What each tensor is, in a few words."""
    return {
        "x": _("the input"),
        "h0": _("the hidden states before the first step: zeros"),
        "c0": _("the cell states before the first step: zeros"),
        "out": _("the hidden state of the last layer at every step"),
        "hn": _("the hidden state of every layer after its last step"),
        "cn": _("the cell state of every layer after its last step"),
    }


def _length(count: int) -> float:
    """How long an axis of `count` numbers is drawn: in proportion up to four, then ever less."""
    return 14.0 * count if count <= 4 else 56 + 40 * math.log(count / 4) / math.log(64)


@dataclass(frozen=True)
class _Station:
    """Something that the numbers of each step pass on their way up: where they enter and where they leave.

    (offset from the middle of the step, height) each.
    """

    entries: tuple[tuple[float, float], ...]
    exits: tuple[tuple[float, float], ...]


class _Drawing:
    """One drawing in the making: where things are, and the parts drawn so far."""

    def __init__(self, found: Pass, palette: Palette, form: _Format) -> None:
        config = found.config
        self.found, self.config, self.palette, self.form = found, config, palette, form
        self.tensors = {tensor.name: tensor for tensor in tensors(config)}
        self.states = ("h", "c") if found.c_n is not None else ("h",)
        self.bounds = {"h": 1.0, "c": 1.0 if found.c_n is None else largest(found.c_n)}
        self.steps = some(config.steps, form.steps)
        self.layers = some(config.num_layers, 3, tail=1)
        if config.num_layers == 3 and config.ways == 2:
            self.layers = [0, None, 2]
        self.deep = min(config.batch, _DEEP)
        self.dx, self.dy = form.depth * self.deep * 0.9, form.depth * self.deep * 0.62
        lanes = config.ways * len(self.layers)
        stretch = max(1.0, 1.5 - 0.13 * lanes)  # where there is room
        self.unit = stretch * _length(config.hidden_size)  # height of D
        self.read = stretch * _length(config.input_size)  # height of Q
        self.state_width = form.plate + self.dx + (12 if form.wide else 4)
        states = self.state_width * len(self.states)
        across = form.pitch * len(self.steps)
        room = 60 if form.wide else 12  # between the states and the first cell
        named = max(form.text, self._widest_name() + _CLEAR) if form.wide else form.text
        free = max(0.0, form.least - 2 * (named + states) - room - across - 26) / 2
        self.left = named + free
        self.x0 = self.left + states + room
        self.x1 = self.x0 + across
        self.right = self.x1 + (40 if form.wide else 14)
        self.width = self.right + states + free + named
        self.lane = max(52.0, self.unit + self.dy + 24)
        self.ground = list[str]()  # cells, arrows
        self.groups: dict[str, list[str]] = {name: [] for name in self.tensors}
        self.slice = list[str]()

    def svg(self) -> str:
        """Everything, from the output above to the input below."""
        form, config = self.form, self.config
        y = self.dy + (12 if form.wide else 34)
        stations = [self._out(y)]
        y += self.unit * config.ways + form.gap + (0 if form.wide else 20)
        top = y
        for layer in reversed(self.layers):
            if layer is None:
                stations.append(self._left_out(y))
                y += 20 + form.gap
                continue
            stations.append(self._layer(layer, y))
            y += self.lane * config.ways + form.gap - 12
        self._state_names(top, y)
        y += self.dy + 4
        stations.append(self._x(y))
        y += self.read + (42 if form.wide else 58)
        for upper, lower in pairwise(stations):
            self._ways_up(lower, upper)
        meaning = roles(self.found)
        groups = [
            _group(f"{name} {letters(one)} = {numbers(one)}: {meaning[name]}", self.groups[name])
            for name, one in self.tensors.items()
        ]
        label = html.escape(_("What goes in and out of the layer"))
        return (
            f'<svg viewBox="0 0 {self.width:.0f} {y:.0f}" role="group" aria-label="{label}" '
            f'style="max-width:{self.width * (1.2 if form.wide else 1.5):.0f}px">'
            f"{''.join(self.ground)}{''.join(groups)}{''.join(self.slice)}</svg>"
        )

    def _out(self, y: float) -> _Station:
        """The output, its last step lifted out: that is what `out[:, -1, :]` takes."""
        found, form, size = self.found, self.form, self.config.hidden_size
        into, height = self.groups["out"], self.unit * self.config.ways
        rows = [row for k in range(self.config.ways) for row in _shift(some(size, _ROWS), k * size)]
        self._slab(into, self.x0, y, self.x1 - self.x0, height, self._front(found.output.T, rows, self.steps, "h"), "h")
        if self.config.ways == 2:
            middle = y + self.unit
            into.append(
                f'<path class="divide" d="M{self.x0:.1f} {middle:.1f}H{self.x1:.1f}l{self.dx:.1f} {-self.dy:.1f}"/>'
            )
            for sign, at in (("→", y + self.unit / 2), ("←", middle + self.unit / 2)):
                into.append(_text(self.x0 - 6, at + 4, sign, "axis", "end"))
        self._named("out", y, height)
        x, pitch = self.x1 - form.pitch, form.pitch
        self.slice.append(self._outline(x, y, pitch, height, "slice"))
        code = "out[:, -1, :]" if self.config.batch_first else "out[-1]"
        axes = [axis for axis in self.tensors["out"].axes if axis.letters != "L"]
        shape = Shaped(code, tuple(axes))
        if form.wide:
            at = self.x1 + self.dx + 12
            self.slice += self._lines(at, y + height / 2 - 6, (code, *self._shape(shape)), " accent")
        else:
            self.slice.append(_text(self.width - 2, y - self.dy - 8, f"{code} {numbers(shape)}", "shape accent", "end"))
        if self.config.ways == 2:  # the last state of the reverse direction stands at the first step
            self.slice.append(self._outline(self.x0, y + self.unit, pitch, self.unit, "other", faces=False))
        return _Station(entries=((0, y + height + 3),), exits=())

    def _x(self, y: float) -> _Station:
        """The input."""
        form, into = self.form, self.groups["x"]
        rows = some(self.config.input_size, _ROWS)
        width = self.x1 - self.x0
        self._slab(into, self.x0, y, width, self.read, self._front(self.found.x.T, rows, self.steps, "h"), "x")
        for at, step in enumerate(self.steps):
            if step is not None:
                into.append(_text(self.x0 + (at + 0.5) * form.pitch, y + self.read + 13, str(step), "quiet", "middle"))
        self._named("x", y, self.read)
        into.append(_text((self.x0 + self.x1) / 2, y + self.read + 30, self._axis("L"), "axis", "middle"))
        into.append(_text(self.x1 + self.dx + 7, y - self.dy + self.read / 2, self._axis("N"), "axis"))
        if form.wide:
            front = _("item {item} in front").format(item=self.found.item)
            into.append(_text(self.x1 + self.dx + 7, y - self.dy + self.read / 2 + 14, front, "quiet"))
        return _Station(entries=(), exits=((0, y - self.dy - 3),))

    def _layer(self, layer: int, y: float) -> _Station:
        """The cells of a layer, one a step and direction, and the states that go in at one end and out at the other."""
        entries, exits = list[tuple[float, float]](), list[tuple[float, float]]()
        two = self.config.ways == 2
        for reverse in (True, False) if two else (False,):
            middle = y + self.lane / 2
            self._cells(layer, reverse, middle)
            entries.insert(0, (0 if not two else 18 if reverse else -9, middle + 15))
            exits.insert(0, (0 if not two else 9 if reverse else -18, middle - 15))
            y += self.lane
        return _Station(tuple(entries), tuple(exits))

    def _left_out(self, y: float) -> _Station:
        hidden = [k for k in range(self.config.num_layers) if k not in self.layers]
        if len(hidden) == 1:
            said = _("layer {layer}").format(layer=hidden[0])
        else:
            said = _("layers {first}–{last}").format(first=hidden[0], last=hidden[-1])
        self.ground.append(_text((self.x0 + self.x1) / 2, y + 12, f"⋮ {said} ⋮", "quiet", "middle"))
        return _Station(((0, y + 20),), ((0, y - 2),))

    def _cells(self, layer: int, reverse: bool, middle: float) -> None:
        """A row of cells around the height `middle`."""
        form, ground = self.form, self.ground
        two = self.config.ways == 2
        wide = form.pitch - (26 if two else 20)
        if form is not _WIDE:
            wide = form.pitch - 10  # so that the name of the cell has room
        offset = 0.0 if not two else (9.0 if form is _WIDE else 5.0) * (1 if reverse else -1)
        name = MODULES[self.config.cell]
        ends = []
        for at, step in enumerate(self.steps):
            centre = self.x0 + (at + 0.5) * form.pitch + offset
            if step is None:
                ground.append(_text(centre, middle + 4, "⋯", "axis", "middle"))
                ends.append((centre - 9, centre + 9))
                continue
            ends.append((centre - wide / 2, centre + wide / 2))
            ground.append(
                f'<rect class="cell" x="{centre - wide / 2:.1f}" y="{middle - 14:.1f}" '
                f'width="{wide:.1f}" height="28" rx="7"/>'
            )
            ground.append(_text(centre, middle + 3.5, name, "inside", "middle"))
        left, right = (self.x0 - 4, self.x0 - 4), (self.x1 + 6, self.right - 6)
        stops = [left, *ends, right]
        for (_a, end), (start, _b) in pairwise(stops):
            ground.append(_arrow(start, middle, end, middle) if reverse else _arrow(end, middle, start, middle))
        if form.wide:
            text = _("layer {layer}").format(layer=layer)
            sign = (" ←" if reverse else " →") if two else ""
            ground.append(_text(self.x0 - 6, middle - 6, text + sign, "quiet", "end"))
        row = layer * self.config.ways + reverse
        start, last = (self.right, self.left) if reverse else (self.left, self.right)
        for k, state in enumerate(self.states):
            self._plate(f"{state}0", state, row, start + k * self.state_width, middle, None)
            values = self.found.h_n if state == "h" else self.found.c_n
            self._plate(f"{state}n", state, row, last + k * self.state_width, middle, values)

    def _plate(self, name: str, state: str, row: int, x: float, middle: float, values: Array | None) -> None:
        """One layer's part of h0, c0, hn or cn."""
        rows = some(self.config.hidden_size, _ROWS)
        column = np.zeros((self.config.hidden_size, 1)) if values is None else values[row][:, None]
        y = middle - self.unit / 2 + self.dy / 2 - 5
        into = self.groups[name]
        self._slab(into, x, y, self.form.plate, self.unit, self._front(column, rows, [0], state), state)
        label = f"{name}[{row}]" if self.form is _WIDE else f"[{row}]"
        into.append(_text(x + self.form.plate / 2, y + self.unit + 12, label, "quiet", "middle"))
        top = self.config.num_layers * self.config.ways - row
        if name == "hn" and top <= self.config.ways:  # the last layer's
            kind = "other" if self.config.ways == 2 and top == 1 else "slice"
            self.slice.append(self._outline(x, y, self.form.plate, self.unit, kind))

    def _state_names(self, top: float, bottom: float) -> None:
        """The names and shapes of the states beside them."""
        for side, end in (("0", "start"), ("n", "end")):
            lines = self._lines_of_states(side)
            into = self.ground  # it names both, so it stays when one of them is pointed at
            if self.form.wide:
                x = 0 if side == "0" else self.width
                y = (top + bottom) / 2 - 18
                into += [_text(x, y + 16 * k, text, kind, end) for k, (text, kind) in enumerate(lines)]
            else:
                x = 2 if side == "0" else self.width - 2
                into.append(_text(x, top - 24, lines[0][0], "name", end))
                into.append(_text(x, top - 10, numbers(self.tensors[f"h{side}"]), "shape", end))

    def _lines_of_states(self, side: str) -> list[tuple[str, str]]:
        """The names of the states at an end, h0 and c0 or hn and cn, and below them their shape; each with its kind."""
        shape, here = self.tensors[f"h{side}"], ", ".join(f"{state}{side}" for state in self.states)
        lines = [(letters(shape), "shape"), (f"= {numbers(shape)}", "shape")]
        if self.config.ways == 1:
            return [(here, "name"), *lines]
        others = ", ".join(f"{state}{'n' if side == '0' else '0'}" for state in self.states)
        return [(f"→ {here}", "name"), (f"← {others}", "name"), *lines]  # one begins where the other ends

    def _widest_name(self) -> float:
        """How wide the names and shapes of the states are, which stand beside their boxes."""
        return max(len(text) * (_NAME if kind == "name" else _SHAPE) for text, kind in self._lines_of_states("0"))

    def _named(self, name: str, y: float, height: float) -> None:
        """The name and the shape of x or out, and the axis downwards."""
        tensor, into = self.tensors[name], self.groups[name]
        shape = f"{letters(tensor)} = {numbers(tensor)}"
        if self.form.wide:
            into += self._lines(0, y + height / 2 - 4, (name, *self._shape(tensor)))
            middle = y + height / 2 + 4
            if self.config.ways == 1 or name == "x":
                into.append(_text(self.x0 - 8, middle, self._axis(tensor.axes[-1].letters), "axis", "end"))
        elif name == "out":
            into.append(_text(2, y - self.dy - 8, f"{name} {numbers(tensor)}", "shape"))
        else:
            into.append(_text(self.x0, y + height + 46, f"{name} {shape}", "shape"))
            into.append(_text(self.x0 - 6, y + height / 2 + 4, self._axis(tensor.axes[-1].letters), "axis", "end"))

    def _shape(self, tensor: Shaped) -> tuple[str, ...]:
        """The shape of a tensor in letters and numbers, in a line or two."""
        if self.form.split:
            return letters(tensor), f"= {numbers(tensor)}"
        return (f"{letters(tensor)} = {numbers(tensor)}",)

    def _lines(self, x: float, y: float, lines: Sequence[str], kind: str = "") -> list[str]:
        """A name and, below it, its shape, around the height `y`."""
        y -= 8 * (len(lines) - 2)
        return [_text(x, y + 16 * k, text, ("shape" if k else "name") + kind) for k, text in enumerate(lines)]

    def _axis(self, letter: str) -> str:
        """An axis with its length: N = 3."""
        sizes = {axis.letters: axis.size for tensor in self.tensors.values() for axis in tensor.axes}
        return f"{letter} = {sizes[letter]}"

    def _ways_up(self, lower: _Station, upper: _Station) -> None:
        """What leaves one station at each step and enters the one above; two directions side by side."""
        squeeze = 1 if self.form is _WIDE else 0.62
        layers = lower.entries and upper.exits
        if self.form is _WIDE and layers and None not in self.layers:  # where there is room between them
            x = self.x1 - (self.form.pitch / 2 - 9 if self.config.ways == 1 else 8)
            y = lower.exits[-1][1] + 18 - self.lane / 2
            self.ground.append(_text(x, y, letters(self.tensors["out"]), "quiet"))
        for at, step in enumerate(self.steps):
            if step is None:
                continue
            centre = self.x0 + (at + 0.5) * self.form.pitch
            exits = [(centre + offset * squeeze, y) for offset, y in lower.exits]
            entries = [(centre + offset * squeeze, y) for offset, y in upper.entries]
            if len(exits) == len(entries) == 1:
                self.ground.append(_arrow(*exits[0], *entries[0]))
                continue
            bar = max(y for _x, y in entries) + 9
            every = [x for x, _y in (*exits, *entries)]
            lines = [f"M{x:.1f} {y:.1f}V{bar:.1f}" for x, y in exits]
            self.ground.append(f'<path class="way" d="{"".join(lines)}M{min(every):.1f} {bar:.1f}H{max(every):.1f}"/>')
            self.ground += [_arrow(x, bar, x, y) for x, y in entries]

    def _front(
        self, values: Array, rows: Sequence[int | None], columns: Sequence[int | None], quantity: str
    ) -> list[list[tuple[str, str]]]:
        """Colour and title of each square of a front, row by row; of what is left out, none."""
        scale: Scale = self.palette.scale(quantity, self.bounds[quantity])
        return [
            [
                ("", "")
                if row is None or column is None
                else (scale.colour(values[row, column])[0], number(values[row, column]))
                for column in columns
            ]
            for row in rows
        ]

    def _slab(
        self, into: list[str], x: float, y: float, w: float, h: float, front: list[list[tuple[str, str]]], kind: str
    ) -> None:
        """A box whose front's upper left corner is (x, y)."""
        dx, dy, rows, columns = self.dx, self.dy, len(front), len(front[0])
        into.append(f'<path class="top {kind}" d="M{x:.1f} {y:.1f}l{dx:.1f} {-dy:.1f}h{w:.1f}l{-dx:.1f} {dy:.1f}z"/>')
        into.append(
            f'<path class="side {kind}" d="M{x + w:.1f} {y:.1f}l{dx:.1f} {-dy:.1f}v{h:.1f}l{-dx:.1f} {dy:.1f}z"/>'
        )
        into.append(f'<rect class="front {kind}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"/>')
        wide, high = w / columns, h / rows
        for r, row in enumerate(front):
            for c, (colour, title) in enumerate(row):
                if colour:
                    into.append(
                        f'<rect x="{x + c * wide:.1f}" y="{y + r * high:.1f}" width="{wide:.1f}" height="{high:.1f}" '
                        f'fill="{colour}"><title>{title}</title></rect>'
                    )
        lines = [f"M{x + c * wide:.1f} {y:.1f}v{h:.1f}" for c in range(1, columns)]
        lines += [f"M{x:.1f} {y + r * high:.1f}h{w:.1f}" for r in range(1, rows)]
        lines += [f"M{x + c * wide:.1f} {y:.1f}l{dx:.1f} {-dy:.1f}" for c in range(1, columns)]
        lines += [f"M{x + w:.1f} {y + r * high:.1f}l{dx:.1f} {-dy:.1f}" for r in range(1, rows)]
        for k in range(1, self.deep):
            share = k / self.deep
            lines.append(f"M{x + dx * share:.1f} {y - dy * share:.1f}h{w:.1f}v{h:.1f}")
        into.append(f'<path class="lines" d="{"".join(lines)}"/>')
        for r, row in enumerate(front):
            if not any(colour for colour, _title in row):  # rows left out
                into.append(_text(x + w / 2, y + (r + 0.5) * high + 3, "⋮" if w < 20 else "⋮  ⋮  ⋮", "quiet", "middle"))
        for c in range(columns):
            if columns > 1 and not any(row[c][0] for row in front):
                into.append(_text(x + (c + 0.5) * wide, y + h / 2 + 4, "⋯", "axis", "middle"))
        into.append(f'<rect class="edge {kind}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"/>')

    def _outline(self, x: float, y: float, w: float, h: float, kind: str, faces: bool = True) -> str:
        """A line around a part of a slab that reaches its right side; around its front alone without `faces`."""
        dx, dy = (self.dx, self.dy) if faces else (0, 0)
        back = f"M{x:.1f} {y:.1f}l{dx:.1f} {-dy:.1f}h{w:.1f}v{h:.1f}l{-dx:.1f} {dy:.1f}" if faces else ""
        return (
            f'<path class="{kind}" d="M{x:.1f} {y:.1f}h{w:.1f}v{h:.1f}h{-w:.1f}z{back}'
            f'{f"M{x + w:.1f} {y:.1f}l{dx:.1f} {-dy:.1f}" if faces else ""}"/>'
        )


def _shift(rows: Sequence[int | None], by: int) -> list[int | None]:
    return [None if row is None else row + by for row in rows]


def _group(label: str, parts: Sequence[str]) -> str:
    """A tensor that can be pointed at, or reached by Tab."""
    return f'<g class="tensor" tabindex="0" role="img" aria-label="{html.escape(label)}">{"".join(parts)}</g>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    """A line with a small head, straight to the right, to the left or upwards."""
    if x0 == x1:
        head = f"M{x1 - 3:.1f} {y1 + 5:.1f}l3 -5l3 5z"
    else:
        way = 1 if x1 > x0 else -1
        head = f"M{x1 - 5 * way:.1f} {y1 - 3:.1f}l{5 * way} 3l{-5 * way} 3z"
    return f'<path class="way" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"/><path class="head" d="{head}"/>'
