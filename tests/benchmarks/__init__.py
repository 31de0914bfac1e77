"""The parts of ``make bench``: programs in pseudo-terminals, questions, the report."""
