"""The page of tensors and their shapes."""
