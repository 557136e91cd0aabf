"""How large the engine's numbers may be: one place for the configs and for the controls that ask for them."""

MAX_SEED = 2**32 - 1
MAX_EPOCHS = 100_000
MAX_LR = 10.0
MAX_FUSED_SIZE = 64
"""Hidden units and letters that sweeps take, and that the dashboard offers."""
MAX_UNITS = 1024
"""Hidden units and letters that the fused kernels train."""
