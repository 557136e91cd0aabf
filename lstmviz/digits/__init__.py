"""The digit reader: an LSTM reads a handwritten digit row by row, trained on MNIST by `python -m lstmviz.digits`.

What an application needs is in `prepare`, `readers`, `reading`, `sample` and `evaluation`; the rest makes the weights
that they use.
Nothing is imported here, so that the command line can complain without waiting for torch.
"""
