"""The watch over every page notices what it is there for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Tabs, goto, watched_page


@pytest.mark.parametrize(
    ("script", "report"),
    [
        ("setTimeout(() => { throw new Error('bang') })", "error: bang"),
        ("console.error('bang')", "console: bang"),
        (
            "await fetch('http://127.0.0.1:9/').catch(() => null)",
            "request that leaves the machine: http://127.0.0.1:9/",
        ),
        (
            "await fetch('http://example.com/').catch(() => null)",
            "request that leaves the machine: http://example.com/",
        ),
        ("await fetch('http://192.0.2.1/').catch(() => null)", "request that leaves the machine: http://192.0.2.1/"),
        ("document.body.insertAdjacentHTML('beforeend', '<p data-testid=stException>bang')", "exception shown: bang"),
    ],
)
def test_what_goes_wrong_is_reported(tabs: Tabs, server: str, script: str, report: str) -> None:
    with pytest.raises(AssertionError, match=report), watched_page(tabs, server) as page:  # noqa: PT012
        goto(page)
        page.evaluate(f"async () => {{ {script} }}")
        page.wait_for_timeout(50)


def test_a_tab_that_tests_share_is_another_one_once_it_was_closed(walking: Callable[[], Page]) -> None:
    first = walking()
    assert walking() is first
    first.close()
    assert walking() is not first
    goto(walking())


def test_what_waits_for_the_next_frame_can_be_done_at_once_and_is_done_once(page: Page) -> None:
    goto(page)
    done = page.evaluate(
        """async () => {
            const done = [];
            requestAnimationFrame(() => done.push("asked before"));
            cancelAnimationFrame(requestAnimationFrame(() => done.push("called off")));
            requestAnimationFrame(() => requestAnimationFrame(() => done.push("asked anew")));
            window.__drawNow();
            done.push("now");
            await new Promise((after) => requestAnimationFrame(() => requestAnimationFrame(after)));
            return done;
        }"""
    )
    assert done == ["asked before", "now", "asked anew"]
