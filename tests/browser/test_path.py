"""The path of five stages in a real browser: every stage by its link, also from the same page, and back."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lstmviz.ui.frame.controls.experiment import DEFAULTS
from lstmviz.ui.frame.path import STAGES
from tests.browser.conftest import goto, settle, wait_idle, wait_trained


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def open_stage(page: Page, number: int, **others: str) -> None:
    stage = STAGES[number - 1]
    page.goto(f"/{stage.page}?{urlencode({'path': number, **stage.params, **others})}")
    wait_trained(page)


def press(page: Page, label: str) -> None:
    page.locator(".st-key-path").get_by_role("link", name=label, exact=True).click()
    wait_idle(page)
    wait_trained(page)
    settle(page, 400)


def expect_stage(page: Page, number: int) -> None:
    stage = STAGES[number - 1]
    expect(page.get_by_text(stage.says)).to_be_visible()
    told = query(page)
    assert told["path"] == str(number)
    assert stage.look.items() <= told.items()
    if "t" in stage.begin and stage.page == "cell":
        expect(page.locator("#transport_time")).to_have_value(stage.begin["t"])


def test_next_leads_through_all_stages_and_back_again(page: Page) -> None:
    goto(page, "")
    wait_trained(page)
    press(page, "1 Predict")
    expect_stage(page, 1)
    expect(page.get_by_text("Your guess", exact=False).or_(page.locator(".letters_guess")).first).to_be_visible()
    for number in range(2, len(STAGES) + 1):
        press(page, "Next")
        expect_stage(page, number)
        assert "guess" not in query(page)
    for number in range(len(STAGES) - 1, 0, -1):
        press(page, "Back")
        expect_stage(page, number)
    press(page, "3 Shut a gate")  # from a stage on the same page
    expect_stage(page, 3)
    expect(page.locator(".letters_guess")).to_be_hidden()
    press(page, "Leave the path")
    assert "path" not in query(page)
    expect(page.locator(".st-key-path")).to_be_hidden()


def test_a_link_of_the_path_counts_also_right_after_a_change(page: Page) -> None:
    open_stage(page, 4)
    page.get_by_role("button", name="New seed", exact=True).click()
    expect(page.get_by_text("This is not what stage 4 shows")).to_be_visible(timeout=20_000)
    press(page, "Back")
    expect_stage(page, 3)
    assert query(page)["seed"] == DEFAULTS["seed"]


def test_a_link_can_have_the_next_letter_hidden_and_a_wrong_word_is_answered(page: Page) -> None:
    goto(page, "cell", guess="1", epochs=100)
    expect(page.locator(".letters_guess")).to_be_visible()
    page.get_by_role("button", name="Show all letters").or_(page.locator(".letters_toggle")).first.click()
    settle(page, 400)
    assert "guess" not in query(page)
    goto(page, "cell", guess="perhaps", epochs=100)
    expect(page.get_by_text("guess=perhaps")).to_be_visible()
    expect(page.locator(".letters_guess")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_bar_fits_a_phone(open_page, language: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    open_stage(page, 3, lang=language)
    bar = page.locator(".st-key-path")
    box = bar.bounding_box()
    assert box is not None
    assert box["width"] <= 390
    assert box["height"] <= 190
    for link in bar.get_by_role("link").all():
        place = link.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 390
