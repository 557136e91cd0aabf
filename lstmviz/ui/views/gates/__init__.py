"""The page of the notes' two pictures."""
