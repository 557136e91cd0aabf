"""Play buttons and a slider for a row of plotly frames: moving pictures that ask the server for nothing.

A figure may have several players. Each has frames of its own that change other parts of the figure, so one can stand
still while another plays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lstmviz.figures.theme import Palette

CAPTION = 25
"""Pixels of height of the caption above a rail."""
RAIL = 34
"""Pixels of height of a rail, and of the buttons beside it."""
FAST = 4
"""How many times faster the second play button is."""
_BUTTONS = 158  # pixels that the buttons take to the left of the rail
_INSET = 10  # pixels that plotly keeps free at both ends of a rail
_LINE, _GRIP = 17, 20  # pixels of height of the caption's letters and of the slider's grip
_PLAY, _PLAY_FAST, _PAUSE = "▶\ufe0e", "▶\ufe0e▶\ufe0e", "❚❚"  # U+FE0E: as a sign, never as an emoji


@dataclass(frozen=True)
class Player:
    """One row of frames, and where its controls stand, in pixels from the figure's top left corner."""

    frames: Sequence[str]
    """names of the frames, in order"""
    captions: Sequence[str]
    """what the slider says at each"""
    active: int
    """the frame that is shown first"""
    milliseconds: int
    """how long each is shown"""
    redraw: bool
    """whether the frames change more than where points are: heatmaps have to be drawn anew"""
    top: float
    width: float
    lift: float = 0.0
    """pixels left free between caption and rail"""
    narrow: bool = False
    """with the buttons below the rail, where there is no room beside it"""

    @property
    def rail_top(self) -> float:
        """Where the rail begins, buttons included."""
        return self.top + CAPTION + self.lift

    @property
    def bottom(self) -> float:
        """Where the controls end."""
        return self.rail_top + RAIL + (RAIL + 2 if self.narrow else 0)

    @property
    def left(self) -> float:
        """Where the caption and the rail begin."""
        return 0.0 if self.narrow else _BUTTONS

    @property
    def ends(self) -> tuple[float, float]:
        """How far to the right the rail's first and last position are."""
        return self.left + _INSET, self.width - _INSET


def slider(player: Player, palette: Palette, width: float, height: float) -> dict[str, Any]:
    """The slider of `player`, for `layout.sliders` of a figure of `width` x `height` pixels without margins."""
    offset = player.rail_top + (RAIL - _GRIP) / 2 - player.top - _LINE
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": player.redraw}, "transition": {"duration": 0}}
    return {
        "active": player.active,
        "steps": [
            {"label": caption, "value": name, "method": "animate", "args": [[name], at_once]}
            for name, caption in zip(player.frames, player.captions, strict=True)
        ],
        "x": player.left / width,
        "len": (player.width - player.left) / width,
        "xanchor": "left",
        "y": 1 - player.top / height,
        "yanchor": "top",
        "pad": {"l": 0, "r": 0, "t": 0, "b": 0},
        "currentvalue": {"xanchor": "left", "offset": offset, "font": {"size": 13, "color": palette.ink}},
        # Plotly writes every step's caption under the rail as well: too long for there, so they are made to vanish.
        "font": {"size": 1, "color": "rgba(0,0,0,0)"},
        "ticklen": 0,
        "minorticklen": 0,
        "bgcolor": palette.accent,
        "activebgcolor": palette.ink,
        "bordercolor": palette.rule,
        "borderwidth": 1,
    }


def buttons(player: Player, palette: Palette, width: float, height: float) -> dict[str, Any]:
    """Play, play fast and pause of `player`, for `layout.updatemenus`."""
    pause = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}

    def play(label: str, times: int) -> dict[str, Any]:
        options = {
            "mode": "immediate",
            "fromcurrent": True,
            "frame": {"duration": player.milliseconds // times, "redraw": player.redraw},
            "transition": {"duration": 0},
        }
        return {"label": label, "method": "animate", "args": [list(player.frames), options]}

    return {
        "type": "buttons",
        "direction": "right",
        "showactive": False,
        "active": -1,
        "buttons": [
            play(_PLAY, 1),
            play(_PLAY_FAST, FAST),
            {"label": _PAUSE, "method": "animate", "args": [[None], pause]},
        ],
        "x": 0,
        "xanchor": "left",
        "y": 1 - (player.bottom - RAIL / 2) / height,
        "yanchor": "middle",
        "pad": {"l": 0, "r": 0, "t": 0, "b": 0},
        "bgcolor": "#1b2435" if palette.dark else "#f5f7fb",
        "bordercolor": palette.rule,
        "font": {"size": 13, "color": palette.ink},
    }
