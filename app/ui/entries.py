"""What the cache holds of a picture: prepared, its frames, and the widgets that show it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.imaging.animation import Animation
from app.imaging.raster import Job, Prepared
from app.ui.orders import Owner


@dataclass(eq=False, slots=True)
class Entry:
    """A prepared picture in the cache; ``prepared`` is None once it was evicted."""

    key: Job
    prepared: Prepared | None
    motion: Animation | None = None
    """Its frames, once they are ready; without any if it cannot be played."""
    coming: list[Prepared] = field(default_factory=list)
    """The frames that were uploaded already while the others are on their way."""
    owners: set[Owner] = field(default_factory=set)

    def serves(self, job: Job) -> bool:
        """Whether it is alive and shows what the job asks for."""
        made = self.prepared
        if made is None:
            return False
        return made.job == (replace(job, background=made.job.background) if made.plain else job)

    @property
    def cost(self) -> int:
        """Bytes held, here and in the terminal."""
        return sum(part.cost for part in (self.prepared, self.motion) if part is not None)
