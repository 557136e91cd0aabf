"""The page that times a recurrence."""
