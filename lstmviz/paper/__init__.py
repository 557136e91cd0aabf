"""Hochreiter & Schmidhuber (1997) once more: Table 1 (embedded Reber grammar), Table 7 (adding), and cells of today."""
