"""Orders: what was given up stays given up."""

from __future__ import annotations

import asyncio
from typing import cast

from app.imaging.raster import Job
from app.ui.orders import Order, Orders, Owner

JOB = Job("a", 30, 15, "halfcell", 10, 20)


class Fickle:
    """An owner that wants its picture for as long as it is told to."""

    def __init__(self) -> None:
        self.keen = True

    def wants(self, job: Job) -> bool:
        del job
        return self.keen


async def test_an_order_given_up_is_not_taken_up_again_when_one_of_two_owners_leaves() -> None:
    running: list[Order] = []
    over = asyncio.Event()

    async def fulfil(order: Order) -> None:
        running.append(order)
        await over.wait()

    orders = Orders(1, fulfil)
    one, two = Fickle(), Fickle()
    for owner in (one, two):
        orders.put(JOB, b"", cast(Owner, owner))
    await asyncio.sleep(0)
    (order,) = running
    one.keen = two.keen = False
    assert not order.check()
    orders.forget(cast(Owner, one))
    assert not order.alive()
    over.set()
    await asyncio.sleep(0)
    orders.close()
