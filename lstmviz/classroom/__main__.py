"""`python -m lstmviz.classroom`: what `make class` runs."""

import sys

from lstmviz.classroom.cli import main

if __name__ == "__main__":
    sys.exit(main())
