"""A page's own settings: a form whose values are in the URL, under names with the page's prefix.

As with the experiment, the URL is the truth: what it leaves out has its default, and a value that will not do is
answered by one sentence beside its field, while the last good one stays in use. Here nothing happens before the form is
sent, because each change would start dozens of trainings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lstmviz.ui.frame.controls.fields import RefusedError, quote, write
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.frame.requests.url import UrlPart, keep


@dataclass(frozen=True)
class Setting:
    """One value of a form."""

    default: str
    """as the URL writes it"""
    read: Callable[[str], Any]
    """text -> value; raises RefusedError"""


Adjust = Callable[[Mapping[str, str], dict[str, str]], dict[str, str]]


class Settings:
    """The settings of one page, as the session that asks sees them."""

    def __init__(self, prefix: str, settings: Mapping[str, Setting]) -> None:
        """Name the form: `prefix` comes before each name in the URL."""
        self._prefix = prefix
        self._settings = settings
        self._adjust: Adjust = lambda before, sent: sent
        self.problems: dict[str, str] = {}
        """name -> a sentence, for each value that will not do"""
        self.texts = self._asked()
        """name -> what the URL says, right or wrong"""
        self.values = {name: self._value(name) for name in settings}
        """name -> the value in use"""
        right = {name: _text(value) for name, value in self.values.items() if name not in self.problems}
        self._good.update(right)
        self.texts |= right  # " 5 " and "05" are 5

    def write(self, **texts: str) -> None:
        """Put values, as texts, into effect; the others stay. For a button's `on_click`."""
        # What the URL says by now: Back may have been pressed since this form was drawn.
        self._url.write({self._param(name): text for name, text in {**self._asked(), **texts}.items()})

    def send(self) -> None:
        """Put what the form's fields say into effect; for the `on_click` of its button."""
        said = {name: st.session_state.get(self._key(name)) for name in self._settings}
        texts = {name: _text(value) for name, value in said.items() if value is not None}
        texts = self._adjust(self._asked(), texts)
        self.write(**texts)
        if all(self._reads(name, text) for name, text in texts.items()):
            st.session_state[f"_{self._prefix}_sent"] = self._sent + 1

    def controls(
        self,
        presets: Mapping[str, Mapping[str, str]],
        fields: Callable[["Settings"], None],
        button: str,
        adjust: Adjust = lambda before, sent: sent,
    ) -> None:
        """Draw the presets, the form behind a button of its own, and what of it will not do.

        presets: label in English -> the texts that it puts into effect; the others stay.
        fields: draws the fields of the form.
        button: what the button says that sends it.
        adjust: what is put into effect, of the texts before and those that are sent.
        """
        self._adjust = adjust
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=f"{self._prefix}_presets"):
            for number, (label, texts) in enumerate(presets.items()):
                st.button(
                    _(label),
                    key=f"{self._prefix}_preset_{number}",
                    on_click=self.write,
                    kwargs=dict(texts),
                    disabled=texts.items() <= self.texts.items(),
                )
            with (
                # Under another key it is another one, and shut: the settings were sent and are good.
                st.popover(
                    _("Settings"), icon=":material/tune:", width="content", key=f"{self._prefix}_popover_{self._sent}"
                ),
                st.form(f"{self._prefix}_form", border=False),
            ):
                fields(self)
                st.form_submit_button(button, type="primary", width="stretch", on_click=self.send)
        for name in self.problems:  # again, because the form may be shut
            self._problem(st, name)

    def text(self, place: Any, label: str, name: str, **options: Any) -> None:
        """A field to type in."""
        keep(self._key(name), self.texts[name])
        place.text_input(label, self.texts[name], key=self._key(name), **options)
        self._problem(place, name)

    def choice(self, place: Any, label: str, name: str, names: Mapping[str, str], **options: Any) -> None:
        """A field to choose one of `names` in, text -> label; what the URL says beside them is one more."""
        text = self.texts[name]
        shown = names if text in names else {**names, text: text}
        keep(self._key(name), text)
        place.selectbox(
            label,
            tuple(shown),
            tuple(shown).index(text),
            format_func=lambda one: shown.get(one, one),
            key=self._key(name),
            **options,
        )
        self._problem(place, name)

    def several(self, place: Any, label: str, name: str, names: Mapping[str, str]) -> None:
        """A field to choose some of `names` in; the URL writes them with commas."""
        chosen = [one for one in self.texts[name].split(",") if one in names]
        if st.session_state.get(self._key(name), chosen) != chosen:
            st.session_state[self._key(name)] = chosen
        place.pills(
            label,
            list(names),
            selection_mode="multi",
            default=chosen,
            format_func=names.__getitem__,
            key=self._key(name),
            wrap=True,
        )
        self._problem(place, name)

    def _asked(self) -> dict[str, str]:
        """Name -> what the URL says, right or wrong."""
        asked = self._url.read()
        return {name: asked.get(self._param(name), one.default) for name, one in self._settings.items()}

    @property
    def _url(self) -> UrlPart:
        defaults = {self._param(name): one.default for name, one in self._settings.items()}
        part: UrlPart = st.session_state.setdefault(f"_{self._prefix}_url", UrlPart(defaults))
        return part

    @property
    def _good(self) -> dict[str, str]:
        good: dict[str, str] = st.session_state.setdefault(f"_{self._prefix}_good", {})
        return good

    @property
    def _sent(self) -> int:
        """How often the form was sent with good values."""
        count: int = st.session_state.get(f"_{self._prefix}_sent", 0)
        return count

    def _reads(self, name: str, text: str) -> bool:
        try:
            self._settings[name].read(text)
        except RefusedError:
            return False
        return True

    def _param(self, name: str) -> str:
        return f"{self._prefix}_{name}"

    def _key(self, name: str) -> str:
        return f"_{self._prefix}_{name}"

    def _value(self, name: str) -> Any:
        setting, text = self._settings[name], self.texts[name]
        try:
            return setting.read(text)
        except RefusedError as refused:
            kept = self._good.get(name, setting.default)
            self.problems[name] = refused.sentence.format(got=quote(text), kept=escape(kept))
            return setting.read(kept)

    def _problem(self, place: Any, name: str) -> None:
        if name in self.problems:
            place.markdown(f":red[:small[:material/error: {self.problems[name]}]]")


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list | tuple) else write(value)
