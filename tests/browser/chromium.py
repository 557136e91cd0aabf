"""Find a Chromium for the browser tests, or get one. As a script: do that and print where it is."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

# First the one without a window, which is what the tests need: the same engine, and a page costs it half the time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
)
DEBIAN = (
    "chromium-headless-shell",
    "fonts-noto-cjk",
    "libatomic1",
)  # the fonts are for Korean, the library for Playwright itself
NOT_FOUND = (
    "No Chromium was found and none could be downloaded, so the browser tests cannot run: install Chromium or Google "
    "Chrome, or set CHROMIUM to the path of one."
)
NO_PLAYWRIGHT = (
    "Playwright, which drives the browser in the tests, does not start on this machine; mostly a system library is "
    "missing, on Debian and Ubuntu the one of the package libatomic1."
)


def find_chromium() -> str:
    """Path of a Chromium that starts: $CHROMIUM, an installed one, Playwright's own, or Debian's, in that order.

    The last two are downloaded if need be. Raises SystemExit, with a sentence for the user, when there is none or when
    Playwright itself does not start.
    """
    if chosen := os.environ.get("CHROMIUM"):
        path = _first_that_starts(chosen)
        if path is None:
            raise SystemExit(f"CHROMIUM is set to {chosen!r}, which does not start as a browser: correct or unset it.")
    else:
        path = _installed() or _from_playwright() or _from_debian()
        if path is None:
            raise SystemExit(NOT_FOUND)
    if not (_playwright_starts() or (_from_debian() and _playwright_starts())):
        raise SystemExit(NO_PLAYWRIGHT)
    return path


def _installed() -> str | None:
    return _first_that_starts(*NAMES, *(os.path.expandvars(place) for place in PLACES))


def _from_playwright() -> str | None:
    # In a process of its own: on a machine that lacks a library it needs, Playwright fails noisily.
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    try:
        answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=True)
    except subprocess.SubprocessError:
        return None
    path = answer.stdout.strip()
    if not Path(path).exists():
        say("No Chromium is installed: downloading Playwright's own (once).")
        run([sys.executable, "-m", "playwright", "install", "chromium"], seconds=600)
    return _first_that_starts(path)


def _from_debian() -> str | None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    say(f"Installing the Debian packages {', '.join(DEBIAN)} (once).")
    run(["apt-get", "-q", "update"], seconds=300)
    run(["apt-get", "-q", "install", "--yes", "--no-install-recommends", *DEBIAN], seconds=900)
    return _installed()


def _playwright_starts() -> bool:
    return run([sys.executable, "-m", "playwright", "--version"], seconds=30, quiet=True)


def _first_that_starts(*candidates: str) -> str | None:
    """The first candidate that runs; a name may be a mere stub, or a download may lack the system's libraries."""
    for candidate in candidates:
        path = shutil.which(candidate)
        # On Windows, chrome.exe prints no version: it opens a window.
        if path and (os.name == "nt" or run([path, "--version"], seconds=30, quiet=True)):
            return path
    return None


def run(command: list[str], seconds: float, quiet: bool = False) -> bool:
    """Whether the command succeeds within that time; when it does not, it and all that it started are ended."""
    out = subprocess.DEVNULL if quiet else sys.stderr
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True
    )
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        say(f"Given up after {seconds:.0f} seconds: {' '.join(command)}")
        return False
    finally:
        if process.poll() is None:
            if os.name == "nt":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def say(sentence: str) -> None:
    """Tell whoever waits, beside what is printed."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(find_chromium())
