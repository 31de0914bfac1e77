"""Animations: every frame at its time, within a bound of memory, and damage survived."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from app.domain.errors import BadInput
from app.imaging import animation, kitty
from app.imaging.animation import Animation, animate
from app.imaging.raster import Job, Prepared, Protocol, Unwanted, prepare
from tests.imaging.moving import animated, colour
from tests.imaging.pictures import encoded, near, plain

HALF = Job("a", 30, 10, "halfcell", 10, 20, (24, 26, 30))
KITTY = replace(HALF, protocol="kitty")
SIXEL = replace(HALF, protocol="sixel")
PLENTY = 2**26


def made(data: bytes, job: Job = HALF, room: int = PLENTY) -> Animation:
    """The animation of these bytes."""
    return animate(data, job, kitty.image_ids(), room)


def middle(frame: Prepared) -> tuple[int, ...]:
    """The colour in the middle of a frame."""
    ((_, upper, _),) = frame.cells.row(5, 15, 16)
    return tuple(upper)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("protocol", ["halfcell", "sixel", "kitty"])
def test_every_frame_is_there_with_its_time(kind: str, protocol: Protocol) -> None:
    data = animated(4, [40, 80, 120, 500], kind=kind)
    played = made(data, replace(HALF, protocol=protocol))
    assert played.milliseconds == (40, 80, 120, 500)
    for number, frame in enumerate(played.frames):
        assert near(middle(frame), colour(number, 4), 20)
    assert played.plays == 0


def test_the_first_frame_is_an_ordinary_picture_that_says_that_it_moves() -> None:
    still = prepare(animated(3), HALF)
    assert still.moves
    assert near(middle(still), colour(0, 3), 20)
    assert not prepare(encoded(plain(60, 40)), HALF).moves
    assert not prepare(encoded(plain(60, 40), "GIF"), HALF).moves


def test_kitty_frames_have_ids_of_their_own_and_no_more_pixels_than_the_file() -> None:
    played = made(animated(5), KITTY)
    assert len({frame.image_id for frame in played.frames}) == 5
    assert all("c=30,r=10,f=24,s=60,v=40," in frame.upload[0] for frame in played.frames)


@pytest.mark.parametrize(("said", "lasts"), [(0, 100), (10, 100), (20, 20), (30, 30), (2500, 2500)])
def test_hasty_frames_last_as_in_browsers(said: int, lasts: int) -> None:
    assert made(animated(3, said)).milliseconds == (lasts,) * 3


@pytest.mark.parametrize(
    ("kind", "loop", "plays"),
    [("GIF", None, 1), ("GIF", 0, 0), ("GIF", 2, 3), ("PNG", 2, 2), ("WEBP", 3, 3)],
)
def test_it_is_played_as_often_as_it_says(kind: str, loop: int | None, plays: int) -> None:
    assert made(animated(3, kind=kind, loop=loop)).plays == plays


def test_what_a_frame_leaves_transparent_shows_the_one_before() -> None:
    first = plain(60, 40, (200, 0, 0))
    second = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    ImageDraw.Draw(second).rectangle((0, 0, 29, 39), fill=(0, 0, 200, 255))
    data = encoded(first, "GIF", save_all=True, append_images=[second], duration=50, disposal=1)
    frames = made(data).frames
    ((_, left, _),) = frames[1].cells.row(5, 4, 5)
    ((_, right, _),) = frames[1].cells.row(5, 25, 26)
    assert near(left, (0, 0, 200), 20)
    assert near(right, (200, 0, 0), 20)


def test_too_many_pixels_become_fewer_and_then_frames_are_left_out() -> None:
    data = animated(16, 50, size=(300, 200))
    full = made(data, KITTY)
    assert len(full.frames) == 16
    room = full.cost // 2
    smaller = made(data, KITTY, room)
    assert len(smaller.frames) == 16
    assert sum(len("".join(frame.upload)) for frame in smaller.frames) < room
    fewer = made(data, KITTY, full.cost // 20)
    assert 2 <= len(fewer.frames) < 16
    for played in (full, smaller, fewer):
        assert sum(played.milliseconds) == 16 * 50
        assert all(frame.job == KITTY for frame in played.frames)
    assert fewer.cost <= full.cost // 20


@pytest.mark.parametrize("job", [HALF, SIXEL])
def test_other_protocols_keep_their_pixels_and_leave_out_frames(job: Job) -> None:
    data = animated(17, 50, size=(300, 200))
    fewer = made(data, job, 300 * 200 * 5 * 4 if job is SIXEL else 30 * 10 * 64 * 4)
    assert 2 <= len(fewer.frames) <= 4
    assert sum(fewer.milliseconds) == 17 * 50
    assert near(middle(fewer.frames[0]), colour(0, 17), 20)


def test_a_very_long_animation_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animation, "MOST_FRAMES", 6)
    assert sum(made(animated(40, 50)).milliseconds) == 300


def test_a_very_slow_animation_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animation, "PATIENCE", 0.0)
    assert made(animated(40, 50)).frames == ()


def test_damage_ends_the_animation_where_it_is() -> None:
    data = animated(8, 50, size=(200, 200))
    noisy = [Image.effect_noise((200, 200), 90).convert("RGB") for _ in range(8)]
    data = encoded(noisy[0], "GIF", save_all=True, append_images=noisy[1:], duration=50)
    half = made(data[: len(data) // 2])
    assert 2 <= len(half.frames) < 8
    assert made(data[: len(data) // 9]) == Animation()
    with pytest.raises(BadInput):
        made(b"GIF89a")


def test_a_still_picture_has_no_frames() -> None:
    assert made(encoded(plain(60, 40))) == Animation()
    assert made(encoded(plain(60, 40), "TIFF")) == Animation()


def test_it_is_given_up_between_frames_when_nobody_wants_it() -> None:
    answers = iter([True, True, False])
    with pytest.raises(Unwanted):
        animate(animated(9), HALF, kitty.image_ids(), PLENTY, lambda: next(answers))
    assert next(answers, None) is None


def grown(data: bytes, number: int, side: int) -> bytes:
    """A GIF of 60 x 40 pixels in which one frame says that it is a square of that side."""
    head = b",\0\0\0\0" + struct.pack("<HH", 60, 40)
    parts = data.split(head)
    vast = b",\0\0\0\0" + struct.pack("<HH", side, side)
    return head.join(parts[: number + 1]) + vast + head.join(parts[number + 1 :])


@pytest.mark.parametrize("side", [65535, 11000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_frame_that_grows_beyond_all_bounds_ends_it(side: int) -> None:
    data = animated(4)
    assert len(made(grown(data, 2, side)).frames) == 2
    assert made(grown(data, 1, side)) == Animation()


def test_a_frame_that_grows_is_refused_where_warnings_are_errors() -> None:
    assert len(made(grown(animated(4), 2, 11000)).frames) == 2


def test_what_breaks_while_frames_are_kept_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(animation, "boxed", full)
    with pytest.raises(BadInput):
        made(animated(3))
