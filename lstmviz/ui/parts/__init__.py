"""What parts in the browser have in common, and those that several pages use; others are in the room of their page."""
