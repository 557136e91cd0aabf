"""`python -m lstmviz`: what can be done without the dashboard."""

import sys

from lstmviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
