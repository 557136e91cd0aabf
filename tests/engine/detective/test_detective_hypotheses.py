"""What is so at a character, against Python's own tokenizer on Python's own library, and by hand on excerpts."""

import io
import keyword
import sysconfig
import tokenize
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.detective.alphabet import STAND_IN, as_read
from lstmviz.detective.hypotheses import HYPOTHESES, KEYS, hypotheses_of

FILES = (
    *("tokenize.py", "argparse.py", "ast.py", "dataclasses.py", "fractions.py", "json/decoder.py", "shlex.py"),
    *("re/_parser.py", "statistics.py", "string.py", "textwrap.py", "urllib/parse.py", "zipapp.py", "pickletools.py"),
)
F_STRING_ENDS = {
    getattr(tokenize, f"{kind}STRING_{end}", None): step for kind in "FT" for end, step in (("START", 1), ("END", -1))
}


def by_tokenizer(text):
    """The same from `tokenize`: an f-string of Python 3.12 and later, which comes in parts, counts as one."""
    starts = np.cumsum([0, *(len(line) for line in text.splitlines(keepends=True))])
    string, comment, after = np.zeros((3, len(text)), dtype=bool)
    steps = np.zeros(len(text), dtype=np.int64)
    indentation = {}
    inside, begun, line_of_last = 0, 0, 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        first, end = starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]
        if token.string.strip():
            if token.start[0] > line_of_last:
                indentation[int(first)] = token.start[1]
            line_of_last = token.end[0]
        if step := F_STRING_ENDS.get(token.type, 0):
            if step > 0 and not inside:
                begun = first + min(token.string.index(quote) for quote in "'\"" if quote in token.string)
            inside += step
            if not inside:
                string[begun : end - 1] = True
        elif inside:
            continue
        elif token.type == tokenize.STRING:
            string[first + min(token.string.index(q) for q in "'\"" if q in token.string) : end - 1] = True
        elif token.type == tokenize.COMMENT:
            comment[first:end] = True
        elif token.type == tokenize.NAME and keyword.iskeyword(token.string) and end < len(text):
            after[end] = True
        elif token.type == tokenize.OP and token.string in "([{":
            steps[first] = 1
        elif token.type == tokenize.OP and token.string in ")]}":
            steps[first] = -1
    return {"string": string, "comment": comment, "keyword": after, "brackets": np.cumsum(steps)}, indentation


@pytest.fixture(scope="module")
def texts():
    library = Path(sysconfig.get_path("stdlib"))
    return {name: as_read((library / name).read_text(encoding="utf-8")) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_the_scanner_agrees_with_python_s_tokenizer_at_every_character(texts, name):
    text = texts[name].replace(STAND_IN, "e")  # a letter that the tokenizer takes too
    found = hypotheses_of(text)
    expected, indentation = by_tokenizer(text)
    for key, values in expected.items():
        assert np.array_equal(found[key], values), (
            key,
            text[max(np.flatnonzero(found[key] != values)[0] - 40, 0) :][:60],
        )
    assert len(indentation) > 50
    assert {place: int(found["indentation"][place]) for place in indentation} == indentation
    assert np.array_equal(
        found["position"],
        [
            0 if sign == "\n" else column
            for line in text.splitlines(keepends=True)
            for column, sign in enumerate(line, 1)
        ],
    )


def marked(text, key):
    return "".join("^" if now else "." for now in hypotheses_of(text)[key])


@pytest.mark.parametrize(
    ("text", "key", "marks"),
    [
        ("x = 'ab' + rb\"c\"", "string", "....^^^......^^."),
        ('\'\' """a"b""" \'\'', "string", "^..^^^^^^^^..^."),
        ("'a\\'b' \"it's\"", "string", "^^^^^..^^^^^."),
        ("'open\nx = 1", "string", "^^^^^......"),
        ("'''open\nx'", "string", "^^^^^^^^^^"),
        ("'on\\\nand' x", "string", "^^^^^^^^..."),
        ("'ends in a slash\\", "string", "^" * 17),
        ("'''the same\\", "string", "^" * 12),
        ("bar'x'", "string", "...^^."),
        ("x  # a 'b'\ny", "comment", "...^^^^^^^.."),
        ("'# no' # yes", "comment", ".......^^^^^"),
        ("if x:", "keyword", "..^.."),
        ("iffy in_ 'if ' # if \nnot", "keyword", "........................"),
        ("return\n", "keyword", "......^"),
    ],
)
def test_excerpts_by_hand(text, key, marks):
    assert marked(text, key) == marks


def test_brackets_that_nothing_opened_count_as_none():
    assert hypotheses_of(")a(]b[)")["brackets"].tolist() == [0, 0, 1, 0, 0, 1, 0]
    assert hypotheses_of("'(' # (\n{")["brackets"].tolist() == [0] * 8 + [1]


def test_indentation_grows_to_what_the_line_begins_with_and_holds_to_its_end():
    assert hypotheses_of("  a b\n\n   \nc")["indentation"].tolist() == [1, 2, 2, 2, 2, 0, 0, 1, 2, 3, 0, 0]


def test_a_character_beyond_ascii_is_part_of_a_word():
    assert not hypotheses_of("é in x".replace(" ", "é"))["keyword"].any()


@given(st.text(st.sampled_from("'\"\\#([{}])\n\t rbif1e-.é"), max_size=40))
def test_no_text_is_wrong(text):
    found = hypotheses_of(text)
    assert list(found) == list(KEYS)
    for hypothesis in HYPOTHESES:
        now = found[hypothesis.key]
        assert now.shape == (len(as_read(text)),)
        assert now.dtype == (np.int64 if hypothesis.numeric else np.bool_)
        assert now.min(initial=0) >= 0
    assert not (found["string"] & found["comment"]).any()
