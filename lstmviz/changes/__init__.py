"""What would a network do if something in it were changed from outside: kinds of changes, their text, their effect."""
