"""A visitor without a browser: speaks the protocol of Streamlit's websocket, and reads every answer to its end."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What came of one request, until the page's script had ended."""

    seconds: float
    bytes: int
    exceptions: tuple[str, ...]
    """the messages of those that stand on the page"""


@dataclass
class Visitor:
    """A browser tab on the dashboard at `port`; leave it by `async with`."""

    port: int
    _cached: set[str] = field(default_factory=set)
    _socket: Any = None

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            origin=websockets.Origin(f"http://127.0.0.1:{self.port}"),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def ask(self, page: str = "", query: str = "") -> Answer:
        """Have a page drawn with these parameters in its URL."""
        request = BackMsg()
        request.rerun_script.query_string = query
        request.rerun_script.page_name = page
        request.rerun_script.cached_message_hashes.extend(self._cached)
        began, size, exceptions = time.perf_counter(), 0, list[str]()
        await self._socket.send(request.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self._socket.recv(), PATIENCE)
            size += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            if message.metadata.cacheable and message.hash:
                self._cached.add(message.hash)
            element = message.delta.new_element
            if message.WhichOneof("type") == "delta" and element.WhichOneof("type") == "exception":
                exceptions.append(element.exception.message)
            if message.WhichOneof("type") == "script_finished":
                return Answer(time.perf_counter() - began, size, tuple(exceptions))
