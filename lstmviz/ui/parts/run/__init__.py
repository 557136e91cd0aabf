"""What looks at a run in the browser has in common: the run, the selection, the band of its numbers, the transport."""
