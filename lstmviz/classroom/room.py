"""Where a room finds this machine: its address in the network, and that as a picture for phones."""

import socket

import segno

# For documentation only (RFC 5737), so nobody's: a datagram socket that is connected sends nothing, it only makes the
# system choose the interface that leads outside.
_OUTSIDE = ("192.0.2.1", 9)
_QUIET = 4  # light modules around the code, as its standard asks for
_DARK_ON_LIGHT = (
    "\x1b[38;5;16m\x1b[48;5;231m"  # whatever the terminal's own colours are: cameras want it this way round
)
_AS_BEFORE = "\x1b[0m"


def address() -> str | None:
    """The address that others in the network know this machine by, without asking anybody; None if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_OUTSIDE)
            found = str(probe.getsockname()[0])
        except OSError:  # no way leads outside: perhaps the name of this machine does
            found = _named()
    return None if found.startswith(("127.", "0.")) else found


def _named() -> str:
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"


def qr_code(text: str, *, colours: bool) -> str:
    """`text` as a QR code in half blocks, two modules a character.

    colours: dark on light whatever the terminal shows; without, light modules are drawn, as fits a dark terminal.
    """
    rows = [list(row) for row in segno.make_qr(text, error="l").matrix_iter(border=_QUIET)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    blocks = " ▄▀█" if colours else "█▀▄ "
    lines = [
        "".join(blocks[2 * bool(above) + bool(below)] for above, below in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
    return "\n".join(f"{_DARK_ON_LIGHT}{line}{_AS_BEFORE}" if colours else line for line in lines)
