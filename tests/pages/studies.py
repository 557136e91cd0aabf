"""What the tests of pages with networks of their own share: what such a page says and draws, once it is finished."""

import base64
import html
import json
import time

import numpy as np


def text(app) -> str:
    return html.unescape(" ".join(element.value for element in [*app.markdown, *app.caption])).replace("\u2060", "")


def finished(app):
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if not app.get("progress"):
            assert not app.exception
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("the networks were never finished")


def all_but_the_last(learn, seeds):
    """A `learn` for a page's `Kind`, whose network of the last of so many seeds is never finished."""

    def learned(config, look=None):
        while config.seed == seeds - 1:
            look(0)  # raises once nobody looks on any more
            time.sleep(0.02)
        return learn(config)

    return learned


def until(app, sentence):
    """The page once it says something."""
    deadline = time.monotonic() + 300
    while sentence not in text(app):
        assert time.monotonic() < deadline, text(app)
        time.sleep(0.1)
        app.run()
        assert not app.exception
    return app


def charts(app) -> list[dict]:
    return [json.loads(element.proto.spec or element.proto.figure.spec) for element in app.get("plotly_chart")]


def numbers(data):
    """What plotly writes as a list, or packed."""
    if not isinstance(data, dict):
        return data
    found = np.frombuffer(base64.b64decode(data["bdata"]), data["dtype"])
    return found.reshape([int(side) for side in data["shape"].split(",")]) if "shape" in data else list(found)
