"""What all rooms stand on: how large numbers may be, what this machine has, where files are kept."""
