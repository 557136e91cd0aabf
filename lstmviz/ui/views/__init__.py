"""A room a page: its parts on the server and in the browser, and what that page alone uses."""
