"""Whether a server is well: `python -m lstmviz.classroom.health PORT` ends with status 0 if it is."""

import http.client
import os
import sys

HEALTH = "/_stcore/health"
"""Streamlit's answer to whoever asks whether it is well."""


def is_well(port: int, path: str = "") -> bool:
    """Whether the server at `port` of this machine answers.

    path: below which it serves, as $STREAMLIT_SERVER_BASE_URL_PATH says.
    """
    below = f"/{path.strip('/')}" if path.strip("/") else ""
    # Not urllib, which would look for a proxy in the environment.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", below + HEALTH)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_well(int(sys.argv[1]), os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "")))
