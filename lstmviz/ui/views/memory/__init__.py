"""The page that maps success over memory and size."""
