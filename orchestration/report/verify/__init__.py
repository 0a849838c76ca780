"""An article held against the warehouse: what it says, and whether the warehouse says so too."""
