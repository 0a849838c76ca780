"""From rows of base values to files as clerks fill them in: layout, habits of writing, and three file formats."""
