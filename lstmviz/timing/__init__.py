"""How long a recurrence takes on a CPU, on a GPU and in a compiled loop, and where the time goes."""
