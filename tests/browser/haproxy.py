"""Find HAProxy for the test of a class's servers, or get Debian's. As a script: do that and print where it is.

Without it the test still runs: one server alone then does everything.
"""

import os
import shutil

from lstmviz.classroom.plan import find_haproxy
from tests.browser.chromium import run, say


def get_haproxy() -> str | None:
    """Path of HAProxy; Debian's is installed if need be and if this user may."""
    if find_haproxy() is None and shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing the Debian package haproxy (once).")
        run(["apt-get", "-q", "update"], seconds=300)
        run(["apt-get", "-q", "install", "--yes", "--no-install-recommends", "haproxy"], seconds=900)
    return find_haproxy()


if __name__ == "__main__":
    print(get_haproxy() or "There is no HAProxy, so its tests go through one server alone.")
