"""What the nightly costs, beside the least that could be done, and whether its figures are the article's."""
