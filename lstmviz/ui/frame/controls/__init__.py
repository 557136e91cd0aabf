"""What is chosen around a page: the experiment, a page's own form, a section, a sequence."""
