"""Sfumato, a terminal chat for making and refining pictures.

Rooms, each importing only from those to its right:
``cli → ui → session → api | storage | imaging → domain``. ``demo`` is a stranger under the same
roof: it imports nothing of ours.
"""

__version__ = "0.1.0"
