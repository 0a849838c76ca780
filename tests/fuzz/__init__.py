"""Fuzzing of everything that reads what a county sends: workbooks are damaged and rewritten, and what is read of them is held
against a second reader.

``seeds`` are whole workbooks; ``packages``, ``streams`` and ``layouts`` mutate them; ``spellings`` writes one value in many
forms; ``oracle`` says what must hold; ``run`` is the long run (``make fuzz``), ``guided`` the coverage-guided one. A failure that
was found is a file in ``cases``. Belongs here: that. Does not belong here: what single rules of reading are (``test_readers_*``).
"""
