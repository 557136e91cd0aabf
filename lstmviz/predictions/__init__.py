"""What does a network say: right or wrong, where it tells equal letters apart, how long it holds, what it writes."""
