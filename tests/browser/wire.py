"""A tab without a browser: it speaks Streamlit's protocol, so it can send what a browser on a busy machine sends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect


class Tab:
    """What the server has told the tab, and what the tab asks."""

    def __init__(self, socket: ClientConnection, page: str, query: str) -> None:
        self._socket = socket
        self.page, self.query_string = page, query
        self.shown = ""  # the page that the browser was told of last
        self.pages: dict[str, str] = {}  # name -> how requests call it
        self.buttons: dict[str, str] = {}  # label -> id
        self.fields: dict[str, str] = {}  # likewise of the fields to type in
        self.toasts: list[str] = []

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_string))

    def request(self, *states: WidgetState, by_history: bool = False, of: str = "") -> bytes:
        """What a tab sends for a rerun with these widgets changed; it tells the URL that it knows of.

        by_history: whether it sends it because Back or Forward brought that URL.
        of: the page that it is told to be of, as a browser does once it was told how pages are called.
        """
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.query_string = self.page, self.query_string
        rerun.widget_states.widgets.extend(states)
        rerun.is_history_navigation = by_history
        if of:
            rerun.page_script_hash = self.pages[of]
        return message.SerializeToString()

    def click(self, label: str, of: str = "") -> bytes:
        """The request that a click on this button sends."""
        return self.request(WidgetState(id=self.buttons[label], trigger_value=True), of=of)

    def send(self, *requests: bytes, apart: float = 0.0) -> None:
        """Send them at once, or so many seconds apart, and take in what the server answers until it rests."""
        for k, request in enumerate(requests):
            time.sleep(apart if k else 0.0)
            self._socket.send(request)
        deadline, rests = time.monotonic() + 300, False
        while time.monotonic() < deadline:
            try:
                message = ForwardMsg.FromString(self._socket.recv(timeout=0.5 if rests else 60))
            except TimeoutError:
                return
            match message.WhichOneof("type"):
                case "page_info_changed":
                    self.query_string = message.page_info_changed.query_string
                case "new_session":
                    rests = False
                    self.pages = {one.page_name: one.page_script_hash for one in message.new_session.app_pages}
                    self.shown = message.new_session.page_script_hash
                case "script_finished":
                    rests = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                case "delta":
                    element = message.delta.new_element
                    match kind := element.WhichOneof("type"):
                        case "button":
                            self.buttons[element.button.label] = element.button.id
                        case "number_input" | "text_input" | "text_area":
                            field = getattr(element, kind)
                            self.fields[field.label] = field.id
                        case "toast":
                            self.toasts.append(element.toast.body)
        raise TimeoutError("The server does not come to rest.")


@contextmanager
def open_tab(server: str, page: str = "", query: str = "") -> Iterator[Tab]:
    """A tab on a page of the dashboard that has been drawn."""
    with connect(
        f"ws://{urlsplit(server).netloc}/_stcore/stream", subprotocols=["streamlit"], origin=server, max_size=None
    ) as socket:
        tab = Tab(socket, page, query)
        for _ in range(3):  # the second run brings the controls, the third one plotly's figures
            tab.send(tab.request())
        yield tab
