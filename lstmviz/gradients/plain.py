"""The formulas of `backward_lines` without LaTeX, for where nothing can set it."""

import re
from functools import lru_cache

_SIGNS = {
    r"\hat{y}": "ŷ",
    r"\partial": "∂",
    r"\sum": "Σ",
    r"\geq": "≥",
    r"\tanh": "tanh",
    r"\,": " · ",
    "*": "·",
    "-": "−",
}
_SUPERSCRIPTS = {"2": "²"}


@lru_cache(maxsize=4096)
def plain(formula: str) -> str:
    r"""A formula in plain Unicode: fractions become slashes, products dots, minus signs minus signs.

    What stands below the line keeps its underscore and has braces, `c_{t+1}`; words, which a reader wants in their own
    language, stand in angle brackets, `⟨next letter⟩` for `\text{next letter}`.

    Args:
        formula: in the LaTeX that `backward_lines` writes.
    """
    text = re.sub(r"\\text\{([^{}]*)\}", r"⟨\1⟩", formula)
    text = re.sub(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1/\2", text)
    words = re.split(r"(⟨[^⟩]*⟩)", text)  # no sign is put into a word
    text = "".join(word if word.startswith("⟨") else _signs(word) for word in words)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\( ?(.*?) ?\)", r"(\1)", text)


def symbol(name: str) -> str:
    """What a line of `backward_lines` computes, in plain Unicode: "∂L/∂c", "∂L/∂a_{i}", "∂L/∂W_{i}".

    Args:
        name: of the line; "above" and "next", which are parts of ∂L/∂h, stand in angle brackets.
    """
    if name in ("above", "next"):
        return f"⟨{name}⟩"
    if name.startswith("W_"):
        return f"∂L/∂W_{{{name[2:]}}}"
    if name == "n_hidden":
        return "∂L/∂m"
    if name == "h_pre":
        return "∂L/∂a"
    return f"∂L/∂a_{{{name[0]}}}" if name.endswith("_pre") else f"∂L/∂{name}"


def _signs(text: str) -> str:
    for latex, sign in _SIGNS.items():
        text = text.replace(f"{latex} " if latex in (r"\partial", r"\sum") else latex, sign).replace(latex, sign)
    for digit, raised in _SUPERSCRIPTS.items():
        text = text.replace(f"^{digit}", raised)
    text = re.sub(r"_([A-Za-z0-9])", r"_{\1}", text)
    return re.sub(r"tanh(²?) ?([a-z])", r"tanh\1 \2", text)
