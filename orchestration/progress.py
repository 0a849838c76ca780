"""How a step tells whoever watches how far it is."""

from collections.abc import Callable

# (what is being worked on, how many are done, how many there are)
Progress = Callable[[str, int, int], None]
