"""lstmviz: see inside recurrent neural networks. The engine under the dashboard, for use in notebooks too.

The public names are those of `__init__.pyi`, and are loaded when they are first used: `import lstmviz` alone does not
wait for torch, so that the dashboard can draw its first line before it does.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
