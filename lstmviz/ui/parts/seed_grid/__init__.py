"""Grids of small pictures, one a network."""
