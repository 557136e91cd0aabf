"""What a tab asks of the server, and what it is told: clicks, Back, answers, and the URL, which is the truth."""
