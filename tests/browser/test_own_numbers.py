"""A series of one's own in a real browser: a column of a file, typed over, kept by the link, on a phone."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lstmviz.tasks import EXAMPLE_SERIES, series_name
from tests.browser.conftest import eventually, goto, wait_idle, wait_trained

SHORT = {"hidden": 3, "epochs": 20, "lr": 0.03}
ROWS = "\n".join(f"day {k};{(k * k) % 11};{0.5 * (k % 9)}" for k in range(60))
INPUT = "[data-testid=stFileUploaderDropzoneInput]"


def _task(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("task", [""])[0]


def _holds(page: Page, task: str) -> None:
    def told() -> None:
        assert _task(page) == task

    eventually(page, told)


def test_a_column_of_a_file_is_learned_and_kept_by_the_link(page: Page) -> None:
    goto(page, "", **SHORT)
    page.get_by_test_id("stSidebar").get_by_label("Task", exact=True).click()
    options = page.get_by_test_id("stSelectboxVirtualDropdown")
    options.evaluate("(list) => { for (const one of [list, ...list.querySelectorAll('*')]) one.scrollTop = 1e6; }")
    page.get_by_role("option", name="own numbers …").click()
    _holds(page, EXAMPLE_SERIES)
    page.locator(INPUT).set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": f"when;rain;sum\n{ROWS}".encode()}
    )
    _holds(page, series_name([(k * k) % 11 for k in range(60)]))
    expect(page.locator(".chips").first).to_contain_text("own numbers (60)")
    page.get_by_label("Column", exact=True).click()
    page.get_by_role("option", name="sum").click()
    chosen = series_name([0.5 * (k % 9) for k in range(60)])
    _holds(page, chosen)
    wait_trained(page)
    page.reload()
    wait_idle(page)
    assert _task(page) == chosen
    expect(page.get_by_label("Own numbers", exact=True)).to_have_value(chosen.partition(" ")[2])


def test_what_is_typed_over_it_gets_a_sentence_where_it_is_no_number(page: Page) -> None:
    goto(page, "training", task=EXAMPLE_SERIES, **SHORT)
    field = page.get_by_label("Own numbers", exact=True)
    field.fill("1 2 three")
    field.press("Control+Enter")
    expect(page.get_by_test_id("stSidebar").get_by_text("“three” is none, so those before stay.")).to_be_visible()
    expect(page.locator(".chips").first).to_contain_text("own numbers (72)")
    expect(field).to_have_value("1 2 three")  # to be mended there
    field.fill("3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Gates", exact=True).click()  # which ends it
    page.wait_for_url(re.compile("/gates"))
    _holds(page, "numbers 3 1 4 1 5 9 2 6 5 3 5 8 9")


@pytest.mark.parametrize("page_name", ["", "timing"])
def test_the_field_for_files_speaks_korean_on_a_phone_too(open_page: Callable[..., Page], page_name: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    goto(page, page_name, lang="ko", task=EXAMPLE_SERIES, time_section="machines", **SHORT)
    if not page_name:
        page.get_by_test_id("stExpandSidebarButton").click()
    zone = page.get_by_test_id("stFileUploaderDropzone")
    expect(zone).to_be_visible()
    button = zone.locator("button p")
    assert button.evaluate("e => getComputedStyle(e, '::after').content") == '"파일 선택"'
    assert button.evaluate("e => getComputedStyle(e).fontSize") == "0px"
    expect(zone.get_by_text("per file")).to_be_hidden()
    held = page.evaluate_handle(
        "() => { const held = new DataTransfer(); held.items.add(new File(['1'], 'a.csv')); return held; }"
    )
    zone.dispatch_event("dragenter", {"dataTransfer": held})
    said = zone.get_by_text("Drag and drop", exact=False)
    expect(said).to_have_css("font-size", "0px")
    assert said.evaluate("e => getComputedStyle(e, '::after').content") == '"여기에 파일을 놓으세요"'
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
