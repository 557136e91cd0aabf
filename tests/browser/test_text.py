"""The page of texts in a real browser: a letter is chosen and gone on from, a stretch is marked and found elsewhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstmviz.predictions.generating import Sampling, generate
from lstmviz.texts import SOURCES, TextConfig, learn, network_of
from lstmviz.tracing import trace
from lstmviz.tracing.signatures import places, signature
from tests.browser.conftest import eventually, goto, wait_trained

SMALL = {"text_seeds": 1}
GOETHE = TextConfig(text=SOURCES["goethe"].text)


def test_another_letter_is_chosen_and_the_network_goes_on_from_there(page: Page) -> None:
    goto(page, "text", text_section="write", write_temperature=0, write_letters=40, **SMALL)
    wait_trained(page)
    one = learn(GOETHE)
    model, task = network_of(GOETHE, one.parameters), GOETHE.task()
    greedy = generate(model, task, "K", 40, sampling=Sampling(temperature=0))

    def shows(text: str) -> Callable[[], None]:
        def told() -> None:
            letters = page.locator(".writer_letters b").all_inner_texts()
            assert "".join(letters).replace("␣", " ") == text

        return told

    eventually(page, shows(greedy.text))
    second = int((-greedy.probabilities[5]).argsort(kind="stable")[1])
    page.locator(".writer_letters button").nth(6).click()
    page.locator(".writer_bars button").nth(1).click()
    chosen = generate(model, task, "K", 40, sampling=Sampling(temperature=0), chosen={5: task.alphabet[second]})
    assert chosen.text != greedy.text
    eventually(page, shows(chosen.text))
    expect(page).to_have_url(re.compile(rf"write_chosen=5\.{second}"))
    page.get_by_role("button", name="Take the chosen letters back").click()
    eventually(page, shows(greedy.text))


def test_what_is_written_comes_letter_by_letter(page: Page) -> None:
    goto(page, "text", text_section="write", write_letters=60, **SMALL)
    wait_trained(page)
    slider = page.get_by_role("slider", name="letters written")
    slider.fill("51")
    expect(page.locator(".writer_letters .to_come")).to_have_count(10)
    page.get_by_role("button", name="Write, letter by letter").click()
    expect(page.locator(".writer_letters .to_come")).to_have_count(0, timeout=30_000)


def test_a_stretch_is_marked_and_found_elsewhere(page: Page) -> None:
    goto(page, "text", text_section="inside", inside_threshold=0.2, **SMALL)
    wait_trained(page)
    letters = page.locator(".inside_text span")
    expect(letters).to_have_count(71)
    start, stop = GOETHE.text.index("enough"), GOETHE.text.index("enough") + 6
    letters.nth(start).hover()
    page.mouse.down()
    letters.nth(stop - 1).hover()
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"inside_mark={start + 1}-{stop}"))
    task = GOETHE.task()
    tr = trace(network_of(GOETHE, learn(GOETHE).parameters), task.one_hot())
    marks = signature(tr.layers[0].h, start, stop, threshold=0.2)
    found = places(tr.layers[0].h, marks)

    def lists_them() -> None:
        names = page.locator(".inside_found button:not(.excerpt)").all_inner_texts()
        assert [int(re.findall(r"\d+", name)[0]) - 1 for name in names] == list(marks.units)
        elsewhere = [one for one in found if one.start >= stop or one.stop <= start]
        assert page.locator(".inside_found .excerpt").count() == len(elsewhere)

    eventually(page, lists_them)


def test_a_prediction_shows_what_it_answers_to_by_keys_alone(page: Page) -> None:
    goto(page, "text", text_section="inside", **SMALL)
    wait_trained(page)
    page.get_by_role("button", name="what a prediction answers to").click()
    page.locator(".inside_text").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    says = page.locator(".inside_says")
    expect(says).to_contain_text("it says")
    expect(says).to_contain_text("It answers most to")
    expect(page.locator(".inside_text .at")).to_have_text(GOETHE.text[12])
    page.keyboard.press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile("inside_mark=13-14"))


@pytest.mark.parametrize("section", ["learn", "write", "inside"])
def test_it_fits_a_phone_in_korean(open_page: Callable[..., Page], section: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    goto(page, "text", lang="ko", text_section=section, text_of="aegukga", text_cell="gru", **SMALL)
    wait_trained(page)
    expect(page.get_by_text("무엇이 보이나요").first).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
