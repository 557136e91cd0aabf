"""`python -m lstmviz.detective train | evaluate`."""

import sys

from lstmviz.detective.cli import main

if __name__ == "__main__":
    sys.exit(main())
