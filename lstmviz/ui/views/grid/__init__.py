"""The page of seeds: grids of networks, and what they prove."""
