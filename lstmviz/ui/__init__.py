"""What the pages share: language, prose, the frame around a page, and the experiment that every page is about."""
