"""Rows of symbols: each where it belongs, and whatever they say, they stay text."""

import xml.etree.ElementTree as ET

from streamlit.testing.v1 import AppTest

from lstmviz.ui.frame.strip import Row

TITLE = 'a < b & "c"'
ROWS = [Row("<i>read</i>", "ab<", frozenset({1}), 2), Row("may", ["a b", "&", ""])]


def test_every_symbol_stands_in_its_row_as_text():
    def page():
        from lstmviz.ui.frame.strip import strip
        from tests.ui.frame.test_strip import ROWS, TITLE

        strip(TITLE, ROWS)

    app = AppTest.from_function(page).run()
    assert not app.exception
    [shown] = app.get("html")
    table = ET.fromstring(shown.proto.body).find("table")
    assert table.find("caption").text == TITLE
    rows = [[cell.text or "" for cell in row] for row in table.iter("tr")]
    assert rows == [["<i>read</i>", "a", "b", "<"], ["may", "a b", "&", ""]]
    kinds = [[cell.get("class") for cell in row.iter("td")] for row in table.iter("tr")]
    assert kinds == [[None, "marked", "parted"], [None, None, None]]
