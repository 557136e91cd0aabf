"""`python -m lstmviz.digits fetch | train | evaluate`."""

import sys

from lstmviz.digits.cli import main

if __name__ == "__main__":
    sys.exit(main())
