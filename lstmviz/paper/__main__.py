"""`python -m lstmviz.paper run`."""

import sys

from lstmviz.paper.command import main

if __name__ == "__main__":
    sys.exit(main())
