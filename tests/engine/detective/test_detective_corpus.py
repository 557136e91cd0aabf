"""What the network reads: its signs, and which files lie on which side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.detective.alphabet import ALPHABET, MAX_CHARACTERS, STAND_IN, as_read, codes_of, decode, encode
from lstmviz.detective.corpus import SIDES, Corpus, SourceFile, load_corpus
from lstmviz.detective.excerpts import held_out_excerpts
from lstmviz.detective.hypotheses import hypotheses_of
from lstmviz.detective.reader import detective_task


@given(st.text(st.sampled_from("a~ \t\n\r\x00\x0b\x0c\x7f\x85é한😀\u2028\ud800"), max_size=60))
def test_what_is_read_is_written_in_the_alphabet_and_read_the_same_again(text):
    read = as_read(text)
    assert set(read) <= set(ALPHABET)
    assert as_read(read) == read
    assert decode(encode(text)) == read


@given(st.text(st.sampled_from("".join(ALPHABET[1:-1])), max_size=60))
def test_printable_ascii_is_read_as_it_is(text):
    assert as_read(text) == text


def test_tabs_line_breaks_and_other_scripts_become_signs_of_the_alphabet():
    assert as_read("a\tb\r\nc\rd") == "a       b\nc\nd"
    assert as_read("한é\f\x7f") == STAND_IN * 4
    assert len(ALPHABET) == len(set(ALPHABET)) == 97


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "`text` must have 2 to 5,000 characters, tabs written out; got 0 characters."),
        ("x", "got 1 character."),
        ("x" * (MAX_CHARACTERS + 1), "got 5,001 characters."),
        ("\t" * 1000, "tabs written out; got 1,000 characters."),
        ("한글", "`text` must hold a character of printable ASCII; all of them are outside it."),
        (b"x = 1", "`text` must be a string; got a value of type bytes."),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_in_a_sentence(text, sentence):
    for function in (codes_of, detective_task):
        with pytest.raises(ValueError, match=r"^`text`") as refused:
            function(text)
        assert sentence in str(refused.value)


def test_the_longest_text_is_read():
    assert codes_of("x" * MAX_CHARACTERS).shape == (MAX_CHARACTERS,)


@pytest.fixture(scope="module")
def library():
    return load_corpus()


def test_the_library_is_read_without_tests_tables_and_what_was_generated(library):
    names = {file.name for file in library.files}
    assert {"ast.py", "json/decoder.py"} <= names
    parts = {part for name in names for part in name.split("/")[:-1]}
    assert not parts & {"test", "tests", "site-packages", "encodings", "pydoc_data"}
    assert not any("_sysconfigdata" in name for name in names)
    assert [file.name for file in library.files] == sorted(names)


def test_each_file_lies_on_one_side_and_most_are_learned_from(library):
    sides = [library.side(side) for side in SIDES]
    assert sorted(file.name for side in sides for file in side) == [file.name for file in library.files]
    shares = np.array(list(map(len, sides))) / len(library.files)
    assert np.all(np.abs(shares - [0.8, 0.1, 0.1]) < 0.05)


def test_a_file_keeps_its_side_when_its_text_changes():
    assert SourceFile("ast.py", "x = 1").side == SourceFile("ast.py", "y = 2").side == "held_out"


def test_the_digest_is_that_of_names_and_texts():
    one, other = SourceFile("a.py", "x = 1\n"), SourceFile("b.py", "y = 2\n")
    digests = {Corpus(files).digest for files in [(one, other), (one,), (SourceFile("a.py", "x = 2\n"), other)]}
    assert len(digests) == 3
    assert Corpus((one, other)).digest == Corpus((one, other)).digest


def test_what_is_no_python_text_is_left_out_and_a_folder_without_any_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_corpus(tmp_path)
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\ns = '\xe9'\n")
    (tmp_path / "broken.py").write_bytes(b"s = '\xff\xfe'\n")
    (tmp_path / "empty.py").write_text("")
    found = load_corpus(tmp_path)
    assert [file.name for file in found.files] == ["good.py", "latin.py"]
    assert found.files[1].text.endswith(f"'{STAND_IN}'\n")


def test_excerpts_are_of_held_out_files_and_begin_where_the_scanner_assumes(library):
    excerpts = held_out_excerpts(20, 400, corpus=library)
    assert len(excerpts) == len(set(excerpts)) == 20
    for excerpt in excerpts:
        (file,) = [file for file in library.files if excerpt in file.text]
        assert file.side == "held_out"
        start = file.text.index(excerpt)
        whole = hypotheses_of(file.text)
        for key, now in hypotheses_of(excerpt).items():
            expected = whole[key][start : start + 400]
            assert np.array_equal(now, expected), key
    assert held_out_excerpts(20, 400) == excerpts
    assert held_out_excerpts(20, 400, 1, corpus=library) != excerpts


def test_excerpts_that_no_file_holds_are_refused():
    with pytest.raises(ValueError, match="`length` must leave two excerpts"):
        held_out_excerpts(2, 50, corpus=Corpus((SourceFile("ast.py", "x = 1\n"),)))
