"""Node.js for the tests that ask what the browser's modules do: the one that Playwright brings along."""

import subprocess

from playwright._impl._driver import compute_driver_executable

NODE = compute_driver_executable()[0]


def said_by(script: str, given: str = "") -> str:
    """What `script`, an ES module, prints when `given` is its input."""
    command = [NODE, "--input-type=module", "--eval", script]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=60).stdout
