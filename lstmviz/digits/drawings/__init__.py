"""Digits and other strokes, drawn from generators: to train with, and of another making to measure with."""
