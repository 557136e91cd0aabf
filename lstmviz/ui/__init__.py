"""The dashboard: what stands around a page, what runs behind it, its parts in the browser, and the pages themselves."""
