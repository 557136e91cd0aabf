"""What runs in the background and is shared between sessions. Nothing here draws."""
